import { expect, it } from 'vitest';
import { parseConfig } from '../../../../lib/config/load-config.ts';
import { customServerIds } from '../../../../local/emulators/okta/org.ts';
import { adoptServers } from '../../../../local/simulator/adopt-servers.ts';

const [first = '', second = ''] = customServerIds;

const adopted = (...ids: readonly string[]) => {
  const servers = ids.map((id) => ({ id }));
  const orgs = [{ name: 'acme', domain: 'acme.okta.com', servers }];
  const { config, remarks } = adoptServers(parseConfig(JSON.stringify({ orgs })));
  return { ids: config.orgs[0]?.servers.map(({ id }) => id), remarks };
};

it('servers that the embedded Okta has keep their ids', () => {
  expect(adopted('org', second, first)).toEqual({ ids: ['org', second, first], remarks: [] });
});

it('another server gets an id that is free', () => {
  expect(adopted('aus0000000000000001', 'org', first)).toEqual({
    ids: [second, 'org', first],
    remarks: [`acme: the embedded Okta's server ${second} stands in for aus0000000000000001`],
  });
});

it('a server for which no id is left is left out, and it is said', () => {
  const { ids, remarks } = adopted('aus0000000000000001', 'aus0000000000000002', 'aus0000000000000003');
  expect(ids).toEqual([first, second]);
  expect(remarks.at(-1)).toBe('acme: the server aus0000000000000003 is left out, the embedded Okta has 2 custom ones');
});
