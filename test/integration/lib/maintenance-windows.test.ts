import { describe, expect, test } from 'vitest';
import { findingAlarms } from '../../../functions/findings/finding-alarms.ts';
import { paces } from '../../../functions/findings/slo.ts';
import { samples } from '../../support/synthesized.ts';

interface MuteRule {
  readonly Name: string;
  readonly Rule: { readonly Schedule: unknown };
  readonly MuteTargets: { readonly AlarmNames: readonly { readonly Ref: string }[] };
}

const { full } = samples;
if (!full) throw new Error('a sample is missing');
const rules: readonly MuteRule[] = full.ofType('AWS::CloudWatch::AlarmMuteRule').map(({ Properties }) => Properties);

/** The names of the alarms that a rule mutes. */
const mutedBy = ({ MuteTargets }: MuteRule) =>
  MuteTargets.AlarmNames.map(({ Ref }): string => {
    return full.resources.find(({ id }) => id === Ref)?.Properties.AlarmName;
  });

describe('a maintenance window', () => {
  test('becomes a CloudWatch mute rule with its schedule, in the stack of each of its orgs', () => {
    const patching = { Expression: 'cron(30 2 * * SUN)', Duration: 'PT1H30M', Timezone: 'Europe/Zurich' };
    const move = { Expression: 'at(2099-01-31T22:00)', Duration: 'P1DT1H', Timezone: 'UTC' };
    expect(rules.map(({ Name, Rule }) => [Name, Rule.Schedule])).toEqual([
      ['okta-synthetics_patching_acme', patching],
      ['okta-synthetics_patching_acme-preview', patching],
      ['okta-synthetics_tenant-move_acme-preview', move],
    ]);
  });

  test('mutes the findings of its orgs, but no alarm about whether the monitor runs', () => {
    const findingsOf = (org: string): readonly string[] =>
      // The windows of a composite alarm have no actions.
      [...full.ofType('AWS::CloudWatch::Alarm'), ...full.ofType('AWS::CloudWatch::CompositeAlarm')]
        .filter(({ Metadata }) => Metadata?.Composite === undefined)
        .map(({ Properties }) => Properties.AlarmName)
        .filter((name) => name.startsWith(`okta-synthetics/${org}/`) && !name.endsWith('/not-running'));
    const [patching, patchingPreview, move] = rules.map(mutedBy);
    expect(patching).toEqual(findingsOf('acme'));
    expect(patchingPreview).toEqual(findingsOf('acme-preview'));
    expect(move).toEqual(findingsOf('acme-preview'));
    expect(move).toHaveLength(findingAlarms.length + paces.length);
  });

  test('never has more alarms in a rule than CloudWatch accepts', () => {
    for (const rule of rules) expect(mutedBy(rule).length).toBeLessThanOrEqual(100);
  });
});
