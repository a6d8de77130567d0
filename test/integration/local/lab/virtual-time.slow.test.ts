import { decodeJwt } from 'jose';
import { expect, it } from 'vitest';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { drillDeployments } from '../../../../local/lab/deployments.ts';
import { drillStart } from '../../../../local/lab/scenarios/deployment-variants.ts';
import { withSystemLog, withTestUser } from '../../../../local/lab/scenarios/prepared-config.ts';
import { adoptServers } from '../../../../local/lab/simulation/adopt-servers.ts';
import type { OktaResponse } from '../../../../packages/okta-emulator/src/index.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

interface Stated {
  readonly what: string;
  readonly at: number;
  readonly minute: number;
  /** How much earlier or later it may be than the minute, in milliseconds. A date has whole seconds. */
  readonly earlierMs?: number;
  readonly laterMs: number;
}

it('every time that the emulator states in a simulated run agrees with virtual time', async () => {
  const { config } = adoptServers(loadConfig('lib/config/example.jsonc'));
  const whole = withSystemLog(withTestUser(config));
  await using simulation = await drillDeployments(whole).open('configured');
  const { okta } = simulation.environment('acme');
  const stated: Stated[] = [];
  okta.intercept(
    { path: /./ },
    {
      transform(response) {
        const minute = simulation.now;
        stated.push(...timesIn(response).map((each) => ({ ...each, minute })));
        return response;
      },
    },
  );
  // In the first minute, every schedule starts a run.
  for (let minute = 0; minute < 2; minute += 1) await simulation.tick();
  const wrong = stated.filter(
    ({ at, minute, earlierMs = 1_000, laterMs }) => !(at >= minute - earlierMs && at < minute + minuteMs + laterMs),
  );
  expect(wrong).toEqual([]);
  expect(new Set(stated.map(({ what }) => what))).toEqual(
    new Set(['date', 'x-rate-limit-reset', 'iat', 'exp', 'published']),
  );
  expect(simulation.now).toBe(drillStart + 2 * minuteMs);
});

function timesIn({ headers, body }: OktaResponse): readonly Omit<Stated, 'minute'>[] {
  const document = body.startsWith('{') ? JSON.parse(body) : {};
  const events: readonly { readonly published: string }[] = body.startsWith('[{"uuid"') ? JSON.parse(body) : [];
  const reset = Number(headers['x-rate-limit-reset'] ?? Number.NaN);
  return [
    { what: 'date', at: Date.parse(String(headers.date)), laterMs: 0 },
    ...(Number.isNaN(reset) ? [] : [{ what: 'x-rate-limit-reset', at: 1000 * reset, laterMs: minuteMs }]),
    ...[document.access_token, document.id_token].flatMap((token) => {
      if (typeof token !== 'string') return [];
      const { iat = 0, exp = 0 } = decodeJwt(token);
      return [
        { what: 'iat', at: 1000 * iat, laterMs: 0 },
        { what: 'exp', at: 1000 * exp, laterMs: hourMs },
      ];
    }),
    ...events.map(({ published }) => ({
      what: 'published',
      at: Date.parse(published),
      earlierMs: minuteMs,
      laterMs: 0,
    })),
  ];
}
