import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { nameOf, type Template } from '../../../../local/emulators/cloudwatch/template-reader.ts';
import { chooseScenarios } from '../../../../local/runner/choose-scenarios.ts';
import { deploymentsOf } from '../../../../local/runner/open-deployment.ts';
import { runScenarios } from '../../../../local/runner/run-scenarios.ts';
import { deploymentPlan } from '../../../../local/scenarios/deployment-plan.ts';
import { synthesize } from '../../../../local/simulator/synthesize.ts';

const config = loadConfig('lib/config/example.jsonc');
const { template: sound } = synthesize(config);

type Properties = Record<string, unknown>;

/** The template with one resource's properties changed. */
function altered(template: Template, logicalId: string, change: (properties: Properties) => Properties): Template {
  const resource = template.Resources[logicalId];
  if (!resource) throw new Error(`no resource ${logicalId}`);
  const Properties = change({ ...resource.Properties });
  return { ...template, Resources: { ...template.Resources, [logicalId]: { ...resource, Properties } } };
}

function idOf(type: string, name: string): string {
  const [found] = Object.entries(sound.Resources).filter(
    ([id, { Type, Properties }]) => Type === type && (nameOf(sound, id) === name || Properties?.TopicName === name),
  );
  if (!found) throw new Error(`no ${type} is called ${name}`);
  return found[0];
}

const alarm = (name: string) => idOf('AWS::CloudWatch::Alarm', `okta-synthetics/acme/${name}`);
const topic = (name: string) => idOf('AWS::SNS::Topic', `okta-synthetics-${name}`);
const without = (template: Template, logicalId: string): Template => {
  const { [logicalId]: _, ...Resources } = template.Resources;
  return { ...template, Resources };
};

/** What the drill says of a template: what is wrong with the runs of each case and scenario. */
async function drill(template: Template, cases: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const watch = deploymentPlan(config);
  const { drills } = chooseScenarios(watch, { cases, scenarios: ['deployment'], noiseMinutes: 1 });
  const { runs } = await runScenarios({
    ...{ drills, open: deploymentsOf(config, template), settlingMinutes: watch.settlingMinutes },
    lanes: { busy: 3, waiting: 0 },
  });
  const of = Object.groupBy(runs, ({ scenario: { id } }) => id);
  return Object.fromEntries(
    Object.entries(of).map(([id, own = []]) => [
      id,
      own.flatMap(({ verification }) => verification.failures).join('\n'),
    ]),
  );
}

describe('a drill of a template that somebody broke', () => {
  it('finds an alarm with a wrong dimension, one that tells nobody, and a heartbeat that forgives silence', async () => {
    const wrongDimension = altered(sound, alarm('okta/page'), (properties) => ({
      ...properties,
      Dimensions: [
        { Name: 'Domain', Value: 'okta' },
        { Name: 'Org', Value: 'amce' },
      ],
    }));
    const silent = altered(wrongDimension, alarm('credentials/ticket'), ({ AlarmActions: _, ...rest }) => rest);
    const broken = altered(silent, alarm('not-running'), (properties) => ({
      ...properties,
      TreatMissingData: 'notBreaching',
    }));
    const why = await drill(broken, ['O1', 'K1', 'C5', 'M4']);
    expect(why.O1).toContain('okta-synthetics/acme/okta/page did not rise');
    expect(why.K1).toContain('okta-synthetics/acme/credentials/ticket rose after 4 minutes, and no ticket told of it');
    expect(why.M4).toContain('okta-synthetics/acme/not-running did not rise');
    expect(why.C5).toBe('');
    expect(why.deployment).toContain('okta-synthetics/acme/okta/page watches Severity of');
    expect(why.deployment).toContain('okta-synthetics/acme/credentials/ticket has no alarm action');
  });

  it('finds an alarm that tells the wrong people', async () => {
    const [page, ticket] = [topic('page-alarms'), topic('ticket-alarms')];
    const swapped = altered(sound, alarm('okta/page'), (properties) => {
      expect(properties.AlarmActions).toEqual([{ Ref: page }]);
      return { ...properties, AlarmActions: [{ Ref: ticket }], OKActions: [{ Ref: ticket }] };
    });
    const why = await drill(swapped, ['O1']);
    expect(why.O1).toContain('okta-synthetics/acme/okta/page rose after 2 minutes, and no page told of it');
    expect(why.O1).toMatch(/tickets also heard "(PAGE|TICKET) acme: internal-error/);
  });

  it('finds that nothing listens to alarms any more', async () => {
    const isSubscription = ([, { Type, Properties }]: [string, Template['Resources'][string]]) =>
      Type === 'AWS::SNS::Subscription' && Properties?.Protocol === 'lambda';
    const ids = Object.entries(sound.Resources)
      .filter(isSubscription)
      .map(([id]) => id);
    expect(ids).toHaveLength(2);
    const why = await drill(ids.reduce(without, sound), ['K1']);
    expect(why.K1).toContain('okta-synthetics/acme/credentials/ticket rose after 4 minutes, and no ticket told of it');
    expect(why.deployment).toContain('okta-synthetics-ticket-alarms has no subscribers');
  });

  it('finds an alarm that waits for more bad points than it looks at', async () => {
    const never = altered(sound, alarm('okta/page'), (properties) => ({ ...properties, DatapointsToAlarm: 11 }));
    const why = await drill(never, ['O1']);
    expect(why.O1).toContain('it cannot be deployed');
    expect(why.O1).toContain('DatapointsToAlarm 11 is more than EvaluationPeriods 10');
  });

  it('finds an alarm that waits too long', async () => {
    const late = altered(sound, alarm('okta/page'), (properties) => ({ ...properties, DatapointsToAlarm: 5 }));
    expect((await drill(late, ['O1'])).O1).toBe('told after 5 minutes, not within 3');
  });
});
