import { describe, expect, test } from 'vitest';
import { findingAlarms } from '../../../functions/alarms/finding-alarms.ts';
import { parseConfig } from '../../../lib/config/load-config.ts';
import { synthesize } from '../../../local/simulator/synthesize.ts';
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
  test('becomes a CloudWatch mute rule with its schedule', () => {
    expect(rules.map(({ Name, Rule }) => [Name, Rule.Schedule])).toEqual([
      [
        'okta-synthetics-patching',
        { Expression: 'cron(30 2 * * SUN)', Duration: 'PT1H30M', Timezone: 'Europe/Zurich' },
      ],
      ['okta-synthetics-tenant-move', { Expression: 'at(2099-01-31T22:00)', Duration: 'P1DT1H', Timezone: 'UTC' }],
    ]);
  });

  test('mutes the findings of its orgs, but no alarm about whether the monitor runs', () => {
    const names: readonly string[] = full
      .ofType('AWS::CloudWatch::Alarm')
      .map(({ Properties }) => Properties.AlarmName)
      .filter((name) => !name.endsWith('/not-running'));
    const [patching, move] = rules.map(mutedBy);
    expect(patching).toEqual(names.filter((name) => !name.startsWith('okta-synthetics/monitor/')));
    expect(move).toEqual(names.filter((name) => name.startsWith('okta-synthetics/acme-preview/')));
    expect(move).toHaveLength(findingAlarms.length);
  });

  test('is split into several mute rules when it has more than 100 alarms, which is CloudWatch’s limit', () => {
    const orgs = Array.from({ length: 10 }, (_, index) => ({ name: `org-${index}`, domain: `org-${index}.okta.com` }));
    const maintenance = [{ name: 'all', schedule: 'cron(0 2 * * *)', durationMinutes: 60 }];
    const { template } = synthesize(parseConfig(JSON.stringify({ alerts: { maintenance }, orgs })));
    const parts = Object.values(template.Resources)
      .filter(({ Type }) => Type === 'AWS::CloudWatch::AlarmMuteRule')
      .map(({ Properties }) => Properties as unknown as MuteRule);
    expect(parts.map(({ Name }) => Name)).toEqual(['okta-synthetics-all-1-of-2', 'okta-synthetics-all-2-of-2']);
    const muted = parts.map(({ MuteTargets }) => MuteTargets.AlarmNames.map(({ Ref }) => Ref));
    const total = orgs.length * findingAlarms.length;
    expect(muted.map(({ length }) => length)).toEqual([100, total - 100]);
    expect(new Set(muted.flat()).size).toBe(total);
  });
});
