import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addressesOf } from './five-steps.ts';
import type { Peer } from './peer.ts';
import { timeCommand } from './time-command.ts';

export const newman: Peer = {
  name: 'newman',
  programs: [['newman']],
  versionArguments: ['--version'],
  checksLess: 'decodes the token and does not verify it; no cause, no alarm',
  async measure(bench, [program = 'newman']) {
    const { discovery, keys, token, introspect } = addressesOf(bench.steps);
    const { issuer, client, secret, scope } = bench.steps;
    const basic = [
      { key: 'username', value: client },
      { key: 'password', value: secret },
    ];
    const fields = (values: Readonly<Record<string, string>>) => ({
      ...{ method: 'POST', auth: { type: 'basic', basic } },
      body: { mode: 'urlencoded', urlencoded: Object.entries(values).map(([key, value]) => ({ key, value })) },
    });
    const step = (name: string, url: string, test: string, request: object = { method: 'GET' }) => ({
      ...{ name, request: { url, ...request } },
      event: [
        {
          listen: 'test',
          script: { exec: [`pm.test('${name}', () => { const body = pm.response.json(); ${test} });`] },
        },
      ],
    });
    const readToken = [
      `pm.variables.set('token', body.access_token);`,
      `const claims = JSON.parse(require('atob')(body.access_token.split('.')[1].replace(/-/g, '+').replace(/_/g, '/')));`,
      `pm.expect(claims.iss).to.eql('${issuer}');`,
    ].join(' ');
    const collection = {
      info: { name: 'steps', schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json' },
      item: [
        step('discovery', discovery, `pm.expect(body.issuer).to.eql('${issuer}');`),
        step('keys', keys, 'pm.expect(body.keys).to.have.lengthOf.at.least(1);'),
        step('token', token, readToken, fields({ grant_type: 'client_credentials', scope })),
        step('introspect', introspect, 'pm.expect(body.active).to.eql(true);', fields({ token: '{{token}}' })),
      ],
    };
    const file = path.join(bench.directory, 'collection.json');
    await writeFile(file, JSON.stringify(collection));
    return timeCommand(bench, [program, 'run', file, '--ssl-extra-ca-certs', bench.caFile]);
  },
};
