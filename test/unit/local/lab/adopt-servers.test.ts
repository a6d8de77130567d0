import { expect, it } from 'vitest';
import { parseConfig } from '../../../../lib/config/load-config.ts';
import { adoptServers } from '../../../../local/lab/simulation/adopt-servers.ts';
import { customServerIds } from '../../../../packages/okta-emulator/src/index.ts';

const [first = '', second = ''] = customServerIds;

const adopted = (...ids: readonly string[]) => {
  const servers = ids.map((id) => ({ id }));
  const orgs = [{ name: 'acme', domain: 'acme.okta.com', servers }];
  const { config, remarks } = adoptServers(parseConfig(JSON.stringify({ orgs })));
  return { ids: config.orgs[0]?.servers.map(({ id }) => id), remarks };
};

it('keeps the ids of servers that the Okta emulator has', () => {
  expect(adopted('org', second, first)).toEqual({ ids: ['org', second, first], remarks: [] });
});

it('gives any other server a free id of the Okta emulator, and says so', () => {
  expect(adopted('aus0000000000000001', 'org', first)).toEqual({
    ids: [second, 'org', first],
    remarks: [`acme: simulating server aus0000000000000001 as the Okta emulator's server ${second}`],
  });
});

it('leaves out a server if no id is free, and says so', () => {
  const { ids, remarks } = adopted('aus0000000000000001', 'aus0000000000000002', 'aus0000000000000003');
  expect(ids).toEqual([first, second]);
  expect(remarks.at(-1)).toBe(
    `acme: leaving out server aus0000000000000003, because the Okta emulator has only ${customServerIds.length} custom servers`,
  );
});
