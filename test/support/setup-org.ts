import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Agent, fetch as send } from 'undici';
import type { Secrets } from '../../functions/aws/secrets.ts';
import { processStore } from '../../functions/journey/sign-in-memory.ts';
import type { Fetch } from '../../functions/model/probe.ts';
import { formatTarget } from '../../functions/model/target.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import { checkOrgs, fileSecrets } from '../../local/commands/check/check-orgs.ts';
import { selectProbes } from '../../local/commands/check/select-probes.ts';
import type { HttpsProxy } from '../../local/commands/proxy.ts';
import type { SetupRequest } from '../../local/commands/setup/discover.ts';
import type { Json } from '../../local/commands/setup/json.ts';
import { openOktaApi, withApiToken } from '../../local/commands/setup/okta-api.ts';
import { makeKey } from '../../local/commands/setup/secret-resource.ts';
import type { SecretStore } from '../../local/commands/setup/secret-store.ts';
import { fileStore } from '../../local/commands/setup/secret-store.ts';
import type { SetupTools } from '../../local/commands/setup/set-up.ts';
import type { OktaEmulator } from '../../packages/okta-emulator/src/index.ts';

/** One request of a set-up: to Okta, or to the store of its secrets. */
export interface SetupRequestSeen {
  readonly method: string;
  readonly path: string;
  readonly body?: Json;
}

/** A folder with a configuration without orgs and no secrets, for a set-up of the Okta emulator. */
export function setupFolder(okta: OktaEmulator) {
  const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-setup-'));
  const config = path.join(folder, 'my.jsonc');
  const secrets = path.join(folder, 'secrets.json');
  const statusPage = { page: okta.statusPageUrl };
  writeFileSync(config, `${JSON.stringify({ statusPage, orgs: [] }, null, 2)}\n`);
  const request: SetupRequest = {
    ...{ domain: okta.domain, org: 'acme', config, server: 'default' },
    ...{ testUser: true, systemLog: true, health: true },
  };
  return { config, secrets, request };
}

export interface SetupToolOptions {
  /** The administrator's API token. By default that of a super administrator. */
  readonly token?: string;
  /** Called after each write of the set-up, and before it sees the answer. */
  readonly afterWrite?: (write: SetupRequestSeen) => void;
}

/** Where a set-up keeps its secrets: in this file, or elsewhere. */
export type StorePlace = string | SetupTools['openStore'];

/** The tools of a set-up at the Okta emulator. Its waits only clear the rate limits. */
export function setupTools(okta: OktaEmulator, secrets: StorePlace, options: SetupToolOptions = {}) {
  const { token = okta.adminToken, afterWrite = () => {} } = options;
  const dispatcher = new Agent({ connect: { ca: okta.ca } });
  const writes: SetupRequestSeen[] = [];
  let requests = 0;
  const seen = (write: SetupRequestSeen) => {
    writes.push(write);
    afterWrite(write);
  };
  const fetch: Fetch = async (url, init = {}) => {
    requests += 1;
    const options = { ...init, dispatcher, redirect: 'manual' } as Parameters<typeof send>[1];
    return (await send(url, options)) as unknown as Response;
  };
  const admin = withApiToken(token, fetch);
  const adminFetch: Fetch = async (url, init = {}) => {
    const response = await admin(url, init);
    const { method = 'GET', body } = init;
    if (method !== 'GET') {
      const sent = typeof body === 'string' ? { body: JSON.parse(body) as Json } : {};
      seen({ method, path: new URL(url).pathname, ...sent });
    }
    return response;
  };
  const wait = async () => okta.resetRateLimits();
  const tools: SetupTools = {
    ...{ fetch, wait, makeKey, okta: openOktaApi({ origin: okta.origin, fetch: adminFetch, wait }) },
    openStore: async (mark) =>
      watched(typeof secrets === 'string' ? fileStore(secrets, mark) : await secrets(mark), seen),
    chooseServer: async (servers) => servers[0],
  };
  return { tools, writes, requests: () => requests, close: () => dispatcher.close() };
}

function watched(store: SecretStore, seen: (write: SetupRequestSeen) => void): SecretStore {
  return {
    ...store,
    async write(name, value) {
      await store.write(name, value);
      seen({ method: 'WRITE', path: name });
    },
    async remove(name) {
      await store.remove(name);
      seen({ method: 'REMOVE', path: name });
    },
  };
}

/** A proxy in name only: it trusts the emulator's authority, as NODE_EXTRA_CA_CERTS would. */
export function trusting(okta: OktaEmulator): HttpsProxy {
  return {
    origin: 'none',
    createAgent: (options) => new Agent({ ...options, connect: { ca: okta.ca } }),
    httpsAgent: () => {
      throw new Error('unreachable: AWS is not asked');
    },
    verify: async () => {},
  };
}

class Stopped extends Error {}

/**
 * Runs a set-up until nothing stops it any more. Each time it is stopped after its first write, before it sees the answer.
 * Returns how often it was.
 */
export async function stoppedAfterEachWrite(
  okta: OktaEmulator,
  secrets: StorePlace,
  run: (tools: SetupTools) => Promise<unknown>,
): Promise<number> {
  // One key for all: to make one takes long.
  const key = await makeKey();
  for (let count = 0; ; count += 1) {
    const { tools, close } = setupTools(okta, secrets, {
      afterWrite() {
        throw new Stopped();
      },
    });
    const makeOne = async () => ({ ...key, kid: `kid${count}` });
    const isStopped = await run({ ...tools, makeKey: makeOne }).then(
      () => false,
      (error: unknown) => {
        if (!(error instanceof Stopped)) throw error;
        return true;
      },
    );
    await close();
    if (!isStopped) return count;
    if (count > 100) throw new Error('it does not go on');
  }
}

/** Checks a configuration as `npm run check` does. Each outcome as a line: `token@default: passed`. */
export async function checkLines(
  okta: OktaEmulator,
  config: string,
  secrets: string | Secrets,
  probes?: readonly string[],
): Promise<readonly string[]> {
  const orgs = monitoredOrgs(loadConfig(config)).map(({ org }) => org);
  const read = typeof secrets === 'string' ? fileSecrets(secrets) : secrets;
  const checked = await checkOrgs(selectProbes(orgs, { probes }), read, {
    proxy: trusting(okta),
    signIns: processStore(),
  });
  return checked.flatMap(({ outcomes }) =>
    outcomes.map((each) => `${formatTarget(each)}: ${each.status === 'failed' ? each.finding.code : each.status}`),
  );
}
