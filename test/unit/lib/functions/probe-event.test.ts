import { expect, it } from 'vitest';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import type { Config } from '../../../../lib/config/schema.ts';
import { probeEvents } from '../../../../lib/functions/probe-event.ts';
import { monitoredOrgs } from '../../../../lib/monitored-org.ts';
import { withHealth } from '../../../../local/lab/scenarios/prepared-config.ts';

const whole = withHealth(loadConfig('lib/config/example.jsonc'));

/** The servers whose tokens are verified elsewhere, by the event of each group. */
function verifiedIn(config: Config) {
  return monitoredOrgs(config)
    .flatMap(probeEvents)
    .map(({ group, org }) => [
      group,
      org.servers.filter(({ areTokensVerified }) => areTokensVerified).map(({ id }) => id),
    ]);
}

it('health is told at which servers another group verifies new tokens, and no other group is', () => {
  const verified = verifiedIn(whole).filter(([, ids]) => ids?.length !== 0);
  expect(verified).toEqual([['health', ['default']]]);
});

it('health alone looks for an unpublished key where no application gets tokens', () => {
  const { orgs, ...rest } = whole;
  const withoutClients = { ...rest, orgs: orgs.map(({ service: _, ...org }) => org) };
  expect(verifiedIn(withoutClients).every(([, ids]) => ids?.length === 0)).toBe(true);
});
