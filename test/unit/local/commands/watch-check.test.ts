import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Group } from '../../../../functions/model/probe.ts';
import { ConfigError } from '../../../../lib/config/config-error.ts';
import { checkConfig } from '../../../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../../../lib/monitored-org.ts';
import type { CheckedOrg, CheckOrgs } from '../../../../local/commands/check/check-orgs.ts';
import { selectProbes } from '../../../../local/commands/check/select-probes.ts';
import { intervalsOf, type WatchRound, watchChecks } from '../../../../local/commands/check/watch-check.ts';
import { watchCheck } from '../../../../local/commands/watch-check.ts';
import { checked, failAt } from '../../../support/checked-org.ts';
import { fullOrg } from '../../../support/full-org.ts';

const selected = selectProbes([fullOrg], {});
const minuteMs = 60_000;
const failing = (targets: RegExp) => [checked(failAt(targets, 'internal-error'))];
const fine = [checked()];

/** Watches until every result was given. Each wait takes as long as it says, in virtual time. */
async function watch(
  results: readonly (readonly CheckedOrg[] | Error)[],
  intervalMsOf: (org: string, group: Group) => number = () => 0,
) {
  const stop = new AbortController();
  const asked: string[][] = [];
  let time = Date.UTC(2030, 0, 1);
  const left = [...results];
  const check: CheckOrgs = async (due) => {
    asked.push([...new Set(due.flatMap(({ plan }) => plan.map(({ probe }) => probe.group)))]);
    const next = left.shift() ?? [];
    if (left.length === 0) stop.abort();
    if (next instanceof Error) throw next;
    return next;
  };
  const rounds: WatchRound[] = [];
  const options = {
    ...{ selected, check, everyMs: minuteMs, intervalMsOf, signal: stop.signal, now: () => time },
    async wait(ms: number) {
      time += ms;
    },
  };
  for await (const round of watchChecks(options)) rounds.push(round);
  return { rounds, asked };
}

const told = (rounds: readonly WatchRound[]) =>
  rounds.map(({ changes }) => changes.map(({ kind, targets, at, since }) => [kind, targets, (at - since) / minuteMs]));

describe('a watched check', () => {
  it('tells once what fails, and when it has recovered after how long', async () => {
    const bad = failing(/^(token|introspect)@default$/);
    const { rounds } = await watch([fine, bad, bad, fine, fine]);
    const targets = ['token@default', 'introspect@default'];
    expect(told(rounds)).toEqual([[], [['problem', targets, 0]], [], [['recovered', targets, 2]], []]);
  });

  it('tells what fails in the first round', async () => {
    const { rounds } = await watch([failing(/^keys@default$/)]);
    expect(told(rounds)).toEqual([[['problem', ['keys@default'], 0]]]);
  });

  it('takes a probe that was skipped for neither failed nor recovered', async () => {
    const bad = failing(/^introspect@default$/);
    const skipped = [
      checked((target) =>
        target === 'introspect@default' ? { status: 'skipped', because: 'token failed' } : undefined,
      ),
    ];
    const { rounds } = await watch([bad, skipped, bad, fine]);
    expect(told(rounds)).toEqual([
      [['problem', ['introspect@default'], 0]],
      [],
      [],
      [['recovered', ['introspect@default'], 3]],
    ]);
  });

  it('runs a group no more often than its interval', async () => {
    const intervalMsOf = (_: string, group: Group) => (group === 'limits' ? 3 * minuteMs : 0);
    const { asked } = await watch([fine, fine, fine, fine, fine], intervalMsOf);
    expect(asked.map((groups) => groups.includes('limits'))).toEqual([true, false, false, true, false]);
    for (const groups of asked) expect(groups).toContain('flows');
    const uneven = await watch([fine, fine, fine, fine], (_, group) => (group === 'limits' ? 1.5 * minuteMs : 0));
    expect(uneven.asked.map((groups) => groups.includes('limits'))).toEqual([true, false, true, false]);
  });

  it('repeats the sign-in of a test user no more often than it is deployed, and what asks for no user as often as wanted', () => {
    const orgs = monitoredOrgs(
      checkConfig({ intervalMinutes: { journey: 7 }, orgs: [{ name: 'acme', domain: 'acme.okta.com' }] }),
    );
    const intervalMsOf = intervalsOf(orgs);
    expect(intervalMsOf('acme', 'journey')).toBe(7 * minuteMs);
    for (const group of ['health', 'system-log', 'negative-tests'] as const)
      expect(intervalMsOf('acme', group)).toBe((orgs[0]?.intervalMinutes[group] ?? 0) * minuteMs);
    for (const group of ['flows', 'limits', 'status'] as const) expect(intervalMsOf('acme', group)).toBe(0);
  });

  it('keeps the last outcome of what does not run in a round', async () => {
    const [all] = fine;
    const some = all && [{ ...all, outcomes: all.outcomes.filter(({ probe }) => probe === 'token') }];
    const { rounds } = await watch([failing(/^rate-limits$/), some ?? []]);
    const last = rounds.at(-1)?.latest.flatMap(({ outcomes }) => outcomes) ?? [];
    expect(last).toHaveLength(all?.outcomes.length ?? 0);
    expect(last.filter(({ status }) => status === 'failed')).toMatchObject([{ probe: 'rate-limits' }]);
  });

  it('goes on after a round that could not check, but not if that was the first', async () => {
    const { rounds } = await watch([fine, new ConfigError('the proxy is away'), fine]);
    expect(rounds.map(({ checked }) => checked instanceof ConfigError)).toEqual([false, true, false]);
    await expect(watch([new ConfigError('no such function'), fine])).rejects.toThrow('no such function');
  });
});

describe('npm run check -- --watch', () => {
  async function run(results: readonly (readonly CheckedOrg[] | Error)[], json: boolean) {
    const stop = new AbortController();
    const left = [...results];
    let stdout = '';
    const stdoutStream = {
      write(text: string | Uint8Array) {
        stdout += stripVTControlCharacters(String(text));
        return true;
      },
    };
    const check: CheckOrgs = async () => {
      const next = left.shift() ?? [];
      // Aborts while this round is told, as Ctrl-C would.
      if (left.length === 0) setImmediate(() => stop.abort());
      if (next instanceof Error) throw next;
      return next;
    };
    const call = { config: 'my.jsonc', isFiltered: false };
    const options = { selected, check, everyMs: 1, intervalMsOf: () => 0, call, json, signal: stop.signal };
    const code = await watchCheck(options, { stdout: stdoutStream, stderr: { write: () => true } });
    return { code, lines: stdout.split('\n').filter(Boolean) };
  }

  it('prints a line a change, and at the end a verdict on what was seen last', async () => {
    const { code, lines } = await run([fine, failing(/^token@default$/), fine], false);
    expect(code).toBe(0);
    expect(lines).toMatchObject([
      expect.stringMatching(/^\d\d:\d\d:\d\dZ {2}\d+ of \d+ probes passed$/),
      expect.stringMatching(/^\d\d:\d\d:\d\dZ {2}✗ acme {2}token@default {2}internal-error: .* \(page\)$/),
      expect.stringMatching(/^\d\d:\d\d:\d\dZ {2}✓ acme {2}token@default {2}internal-error is over after /),
      expect.stringMatching(/^Verdict {2}No problem\./),
      expect.anything(),
      expect.anything(),
    ]);
  });

  it('ends with 1 if something fails at the end, and with 2 if nothing could be checked then', async () => {
    expect((await run([fine, failing(/^token@default$/)], false)).code).toBe(1);
    const { code, lines } = await run([fine, new ConfigError('the proxy\nis away')], false);
    expect(code).toBe(2);
    expect(lines).toContainEqual(expect.stringMatching(/\? nothing was checked: the proxy is away$/));
  });

  it('prints one JSON document a line with --json', async () => {
    const { lines } = await run([failing(/^token@default$/), new ConfigError('away'), fine], true);
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { type: 'problem', org: 'acme', targets: ['token@default'], finding: { code: 'internal-error' } },
      { type: 'unchecked', why: 'away' },
      { type: 'recovered', since: expect.stringMatching(/Z$/) },
      { type: 'ended', passed: true, rounds: 3, orgs: [{ name: 'acme' }] },
    ]);
  });
});
