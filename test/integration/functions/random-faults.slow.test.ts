import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { isTransient } from '../../../functions/model/outcome.ts';
import { flows } from '../../../functions/probes/index.ts';
import { pointsOf } from '../../../functions/run/publish.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import { loadConfig } from '../../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../../lib/monitored-org.ts';
import {
  type Effect,
  emptyResponse,
  errorEnvelope,
  htmlResponse,
  type OktaEmulator,
  startOktaEmulator,
} from '../../../packages/okta-emulator/src/index.ts';
import { evaluate } from '../../support/evaluate-template.ts';
import { randomFrom } from '../../support/random.ts';
import { runProbes } from '../../support/run-probes.ts';

const minuteMs = 60_000;
const minutes = 30 * 24 * 60;
const from = Date.UTC(2026, 10, 21);

/** What an Okta that works, and the way to it, show now and then. */
const effects: readonly Effect[] = [
  errorEnvelope('E0000009'),
  htmlResponse(502, '<title>Bad Gateway</title>'),
  { ...emptyResponse(503), sender: 'other' },
  { disconnect: 'close' },
];

const [monitored] = monitoredOrgs(loadConfig('lib/config/example.jsonc'));
if (!monitored) throw new Error('the example has no org');
const { org } = monitored;

let okta: OktaEmulator;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: from });
  okta = await startOktaEmulator();
});
afterAll(async () => {
  await okta.close();
  vi.useRealTimers();
});

/**
 * Plays the runs of 30 days, minute by minute, in which a share of the requests fails. A run in which none does publishes
 * zeros, as the tests of healthy runs show, so only the others are run.
 */
async function thirtyDays(share: number, seed: number) {
  const random = randomFrom(seed);
  const memory = openMemory(undefined, Date.now)('acme');
  // Counts from the first request that fails on, which is drawn for each run.
  let untilFault = Number.POSITIVE_INFINITY;
  const draw = () => {
    const isHit = untilFault === 0 || (untilFault < 0 && random() < share);
    untilFault -= 1;
    return isHit ? Math.floor(random() * effects.length) : undefined;
  };
  let drawn: number | undefined;
  const ends = effects.map((effect, index) =>
    okta.intercept(
      {
        path: /^\/(?!status)/,
        when() {
          if (index === 0) drawn = draw();
          return drawn === index;
        },
      },
      effect,
    ),
  );
  const run = () => runProbes(okta, flows, { org, memory });
  const healthy = await run();
  const requests = healthy.outcomes.flatMap(({ exchanges }) => exchanges).length;
  const levels = new Map<string, number>();
  const isHit = 1 - (1 - share) ** requests;
  let runsWithFaults = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    if (random() >= isHit) continue;
    vi.setSystemTime(from + minute * minuteMs);
    untilFault = Math.floor(random() * requests);
    const report = await run();
    untilFault = Number.POSITIVE_INFINITY;
    if (report.outcomes.some(({ exchanges }) => exchanges.some(isTransient))) runsWithFaults += 1;
    for (const { identity, value } of pointsOf(report))
      if (identity.name === 'Severity') levels.set(`${minute} ${identity.dimensions.Domain}`, value);
  }
  for (const end of ends) end();
  const { actions } = evaluate('example', minutes, {
    from,
    override: ({ name, dimensions }, minute) =>
      name === 'Severity' ? levels.get(`${minute} ${dimensions.Domain}`) : undefined,
  });
  return { runsWithFaults, fired: actions.filter(({ to }) => to === 'ALARM').map(({ alarm }) => alarm.name) };
}

it('thirty days in which one request in a thousand fails are no page, and at most one ticket', async () => {
  const { runsWithFaults, fired } = await thirtyDays(0.001, 1);
  expect(runsWithFaults).toBeGreaterThan(300);
  expect(fired.filter((name) => name.endsWith('/page'))).toEqual([]);
  expect(fired.length).toBeLessThanOrEqual(1);
});
