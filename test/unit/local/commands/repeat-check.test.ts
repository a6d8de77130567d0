import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Org } from '../../../../functions/model/org.ts';
import type { Outcome } from '../../../../functions/model/outcome.ts';
import { mergeRuns, repeatable } from '../../../../local/commands/check/repeat-check.ts';
import { selectProbes } from '../../../../local/commands/check/select-probes.ts';
import { checkDocument, formatChecked, isFine } from '../../../../local/commands/reporters/check.ts';
import { checked, failAt } from '../../../support/checked-org.ts';
import { fullOrg } from '../../../support/full-org.ts';
import { tooLong } from '../../../support/run-command.ts';

/** A run in which the token endpoint took so long. */
const runIn = (firstByteMs: number) =>
  checked((target) => {
    const url = 'https://acme.okta.com/oauth2/default/v1/token';
    const exchange = { method: 'POST', url, at: '2030-01-01T00:00:00Z', phases: { tcpMs: 2, firstByteMs } };
    return target === 'token@default' ? ({ exchanges: [exchange] } as Partial<Outcome>) : undefined;
  });

const signingIn: Org = { ...fullOrg, user: { login: 'monitor@example.com', secret: 'acme/user' } };

describe('several runs of a check', () => {
  it('have the least, the median and the 95th percentile of each phase', () => {
    const runs = Array.from({ length: 20 }, (_, index) => [runIn(20 - index)]);
    const [merged] = mergeRuns(runs);
    expect(merged?.repeated?.times).toEqual([
      { phase: 'tcpMs', count: 20, min: 2, median: 2, p95: 2 },
      { phase: 'firstByteMs', target: 'token@default', count: 20, min: 1, median: 10, p95: 19 },
    ]);
  });

  it('fail if one of them fails, and say how often', () => {
    const runs = [[checked()], [checked(failAt(/^token@default$/, 'internal-error'))], [checked()]];
    const merged = mergeRuns(runs);
    expect(isFine(merged)).toBe(false);
    const text = stripVTControlCharacters(formatChecked(merged, { config: 'my.jsonc', isFiltered: false }));
    expect(text).toContain('token@default: a finding in 1 of 3 runs');
    expect(tooLong(text, 80)).toEqual([]);
  });

  it('are in the document', () => {
    const document = checkDocument(mergeRuns([[runIn(1)], [runIn(3)]]), { config: 'my.jsonc', isFiltered: false });
    expect(document).toMatchObject({ orgs: [{ repeated: { runs: 2 } }] });
  });

  it('send the password of the test user once', () => {
    const plan = repeatable(selectProbes([signingIn], {})).flatMap((org) => org.plan);
    expect(plan.map(({ probe }) => probe.id)).toContain('token');
    expect(plan.filter(({ probe }) => probe.requires?.includes('user'))).toEqual([]);
    expect(repeatable(selectProbes([signingIn], { probes: ['sign-in'] }))).toEqual([]);
  });

  it('are shown as one run, if there was only one', () => {
    const text = formatChecked([checked()], { config: 'my.jsonc', isFiltered: false });
    expect(text).not.toContain('median');
  });
});
