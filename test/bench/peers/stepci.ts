import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { addressesOf } from './five-steps.ts';
import type { Peer } from './peer.ts';
import { timeCommand } from './time-command.ts';

/** A workflow may be JSON, which is YAML. */
export const stepci: Peer = {
  name: 'stepci',
  programs: [['stepci']],
  versionArguments: ['--version'],
  checksLess: 'does not read the token; no cause, no alarm',
  async measure(bench, [program = 'stepci']) {
    const { discovery, keys, token, introspect } = addressesOf(bench.steps);
    const { issuer, client, secret, scope } = bench.steps;
    const post = (url: string, form: Readonly<Record<string, string>>) => ({
      ...{ url, method: 'POST', form },
      auth: { basic: { username: client, password: secret } },
    });
    const exact = (path: string, value: unknown) => ({ status: 200, jsonpath: { [path]: value } });
    const steps = [
      { name: 'discovery', http: { url: discovery, method: 'GET', check: exact('$.issuer', issuer) } },
      { name: 'keys', http: { url: keys, method: 'GET', check: exact('$.keys[0].use', 'sig') } },
      {
        name: 'token',
        http: {
          ...post(token, { grant_type: 'client_credentials', scope }),
          ...{ captures: { token: { jsonpath: '$.access_token' } }, check: exact('$.token_type', 'Bearer') },
        },
      },
      { name: 'introspect', http: { ...post(introspect, { token: captured }), check: exact('$.active', true) } },
    ];
    const file = path.join(bench.directory, 'workflow.yml');
    await writeFile(file, JSON.stringify({ version: '1.1', name: 'steps', tests: { steps: { steps } } }));
    return timeCommand(bench, [program, 'run', file], versionEnvironment);
  },
};

// biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a workflow refers to what a step captured
const captured = '${{captures.token}}';

/** Otherwise it tells its makers of each run. */
const versionEnvironment = { STEPCI_DISABLE_ANALYTICS: '1' };
