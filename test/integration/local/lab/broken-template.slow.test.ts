import { describe, expect, it } from 'vitest';
import { routes } from '../../../../functions/model/finding.ts';
import { drillDeployments } from '../../../../local/lab/deployments.ts';
import { runScenarios } from '../../../../local/lab/run-scenarios.ts';
import { deploymentPlan } from '../../../../local/lab/scenarios/deployment-plan.ts';
import { selectScenarios } from '../../../../local/lab/select.ts';
import { synthesize } from '../../../../local/self-hosted/synthesize.ts';
import { nameOf, type Template } from '../../../../packages/cloudwatch-alarms/src/index.ts';
import { buildConfig, minimalOrg } from '../../../support/build-config.ts';

/** As few probes as the cases need: each virtual minute takes less time. */
const config = buildConfig({
  alerts: { pages: [{ email: 'on-call@example.com' }], tickets: [{ email: 'team@example.com' }] },
  orgs: [
    {
      ...minimalOrg,
      service: { clientId: '0oaServiceApplication1', secret: 'acme/service' },
      servers: [{ id: 'default', audience: 'api://default', scopes: ['monitor'] }],
    },
  ],
});
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

/** The failures of each case and scenario that a drill of this template reports. */
async function drill(template: Template, cases: readonly string[], scenarios: readonly string[] = []) {
  const plan = deploymentPlan(config);
  const selected = selectScenarios(plan, { cases, scenarios, packetLossMinutes: 1 });
  const { runs } = await runScenarios({
    ...{ scenarios: selected.scenarios, deployments: drillDeployments(config, template) },
    poolSize: { busy: 2, waiting: 0 },
  });
  const byId = Object.groupBy(runs, ({ scenario: { id } }) => id);
  return Object.fromEntries(
    Object.entries(byId).map(([id, own = []]) => [
      id,
      own.flatMap(({ verification }) => verification.failures).join('\n'),
    ]),
  );
}

describe('a drill of a broken template', () => {
  it('reports a wrong dimension, an alarm without an action, and a heartbeat that tolerates missing data', async () => {
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
    const failures = await drill(broken, ['O1', 'K1', 'C8', 'M4'], ['deployment']);
    expect(failures.O1).toContain('okta-synthetics/acme/okta/page did not fire');
    expect(failures.K1).toContain(
      'okta-synthetics/acme/credentials/ticket fired after 4 minutes, but no ticket was sent',
    );
    expect(failures.M4).toContain('okta-synthetics/acme/not-running did not fire');
    expect(failures.C8).toBe('');
    expect(failures.deployment).toContain('okta-synthetics/acme/okta/page watches Severity');
    expect(failures.deployment).toContain('okta-synthetics/acme/credentials/ticket');
  });

  it('reports an alarm on the wrong route', async () => {
    const [page, ticket] = [topic('page-alarms'), topic('ticket-alarms')];
    const swapped = altered(sound, alarm('okta/page'), (properties) => {
      expect(properties.AlarmActions).toEqual([{ Ref: page }]);
      return { ...properties, AlarmActions: [{ Ref: ticket }], OKActions: [{ Ref: ticket }] };
    });
    const { O1 } = await drill(swapped, ['O1']);
    expect(O1).toContain('okta-synthetics/acme/okta/page fired after 2 minutes, but no page was sent');
    expect(O1).toMatch(/an unexpected ticket was sent after 2 minutes: "(PAGE|TICKET) acme: .* - Okta 500/);
  });

  it('reports alarm topics without a subscriber', async () => {
    const isSubscription = ([, { Type, Properties }]: [string, Template['Resources'][string]]) =>
      Type === 'AWS::SNS::Subscription' && Properties?.Protocol === 'lambda';
    const ids = Object.entries(sound.Resources)
      .filter(isSubscription)
      .map(([id]) => id);
    expect(ids).toHaveLength(routes.length);
    const failures = await drill(ids.reduce(without, sound), ['K1'], ['deployment']);
    expect(failures.K1).toContain(
      'okta-synthetics/acme/credentials/ticket fired after 4 minutes, but no ticket was sent',
    );
    expect(failures.deployment).toContain('okta-synthetics-ticket-alarms');
  });

  it('refuses an alarm that needs more bad points than it looks at', async () => {
    const never = altered(sound, alarm('okta/page'), (properties) => ({ ...properties, DatapointsToAlarm: 11 }));
    const { O1 } = await drill(never, ['O1']);
    expect(O1).toContain('it cannot be deployed');
    expect(O1).toContain('DatapointsToAlarm 11 is more than EvaluationPeriods 10');
  });

  it('reports an alarm that fires too late', async () => {
    const late = altered(sound, alarm('okta/page'), (properties) => ({ ...properties, DatapointsToAlarm: 5 }));
    expect((await drill(late, ['O1'])).O1).toBe('page sent after 5 minutes, expected at most 3');
  });
});
