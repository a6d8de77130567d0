import { expect, it } from 'vitest';
import { findingsOf } from '../../../functions/model/outcome.ts';
import type { GroupState } from '../../../functions/model/state.ts';
import { flows } from '../../../functions/probes/index.ts';
import { logLines } from '../../../functions/run/log.ts';
import { openRestraints } from '../../../functions/run/restraint.ts';
import { withRun } from '../../../functions/state/history.ts';
import { emulateOrg } from '../../../local/lab/simulation/emulated-org.ts';
import { errorEnvelope } from '../../../packages/okta-emulator/src/index.ts';
import { openDuring } from '../../../packages/okta-emulator/test/support/during.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';
import { fullOrg } from '../../support/full-org.ts';
import { outcomeLines, runProbes } from '../../support/run-probes.ts';

const { okta } = await openOkta();

const during = openDuring();

const minuteMs = 60_000;
const firstMinute = Math.floor(Date.now() / minuteMs) * minuteMs;

/** A schedule's runs, one a minute. Each knows what those before it saw, as the state table keeps it. */
function openSchedule({ isRestrained }: { readonly isRestrained: boolean }) {
  const restraints = openRestraints();
  const { org } = emulateOrg(fullOrg, okta);
  let state: GroupState | undefined;
  return async (minute: number) => {
    okta.clearRequests();
    const at = firstMinute + minute * minuteMs;
    const time = { startedAt: at, minute: at, due: { at, latenessSeconds: 0 }, intervalMinutes: 1 };
    const restraint = isRestrained ? restraints.before(org, flows, time, state) : undefined;
    const report = await runProbes(okta, flows, { time, ...(restraint && { restraint }) });
    restraints.after(report);
    const run = { org: org.name, at, lines: logLines(report), intervalMinutes: 1 };
    state = JSON.parse(JSON.stringify(withRun(state, run))) as GroupState;
    return { report, requests: okta.requests.length };
  };
}

const outageMinutes = 20;

/** The runs of a total outage: the requests that Okta got, and the findings of the run after it. */
async function outage(isRestrained: boolean) {
  const run = openSchedule({ isRestrained });
  const healthy = await run(0);
  const restore = okta.intercept({ path: /./ }, { ...errorEnvelope('E0000009'), status: 503 });
  during(restore);
  const runs = [];
  for (let minute = 1; minute <= outageMinutes; minute += 1) runs.push(await run(minute));
  restore();
  return { healthy, runs, after: await run(outageMinutes + 1) };
}

it('an org that is down sees one request a minute, every run tells of the outage, and the first good answer opens all', async () => {
  const [without, restrained] = [await outage(false), await outage(true)];
  const sum = ({ runs }: typeof without) => runs.reduce((total, { requests }) => total + requests, 0);
  for (const { runs, healthy, after } of [without, restrained]) {
    for (const { report } of runs) {
      const pages = report.outcomes
        .flatMap(findingsOf)
        .filter(({ domain, severity }) => domain === 'okta' && severity === 'page');
      expect(pages.length).toBeGreaterThan(0);
    }
    expect(outcomeLines(after.report)).toEqual(outcomeLines(healthy.report));
  }
  const perRun = without.runs[0]?.requests ?? 0;
  expect(sum(without)).toBe(perRun * outageMinutes);
  expect(sum(restrained)).toBe(perRun * 3 + (outageMinutes - 3));
});

it('an org that is down and answers that a limit is used up is not taken for one that is there again', async () => {
  const run = openSchedule({ isRestrained: true });
  await run(0);
  const restore = okta.intercept({ path: /./ }, { ...errorEnvelope('E0000009'), status: 503 });
  during(restore);
  for (const minute of [1, 2, 3]) await run(minute);
  restore();
  during(okta.intercept({ path: /./ }, { ...errorEnvelope('E0000047'), status: 429 }));
  expect((await run(4)).requests).toBe(1);
});

it('where a part of Okta works, all of it is asked in every run', async () => {
  const run = openSchedule({ isRestrained: true });
  const { requests } = await run(0);
  during(okta.intercept({ path: '/oauth2/default/v1/keys' }, { ...errorEnvelope('E0000009'), status: 503 }));
  for (const minute of [1, 2, 3, 4, 5]) expect((await run(minute)).requests).toBeGreaterThanOrEqual(requests - 1);
});

it('a limit that Okta resets after the next run is left alone until then, and stays reported', async () => {
  const run = openSchedule({ isRestrained: true });
  await run(0);
  const date = Date.now();
  const restore = okta.intercept(
    { path: '/oauth2/default/v1/token' },
    {
      ...errorEnvelope('E0000047'),
      headers: {
        ...errorEnvelope('E0000047').headers,
        ...{ 'x-rate-limit-limit': '2000', 'x-rate-limit-remaining': '0', date: new Date(date).toUTCString() },
        'x-rate-limit-reset': String(Math.floor(date / 1000) + 100),
      },
    },
  );
  during(restore);
  const tokens = () => okta.requests.filter(({ path }) => path === '/oauth2/default/v1/token').length;
  const found = [];
  // The requests have the time of the test's own clock, which is within a minute of the first run's.
  for (const minute of [0, 1, 4]) {
    const { report } = await run(minute);
    found.push([tokens(), outcomeLines(report).find((line) => line.startsWith('token@default'))]);
  }
  expect(found).toEqual([
    [1, 'token@default: rate-limit-exhausted'],
    [0, 'token@default: rate-limit-exhausted'],
    [1, 'token@default: rate-limit-exhausted'],
  ]);
});
