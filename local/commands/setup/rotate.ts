import { ResponseBodyError } from 'oauth4webapi';
import { parseSecret, type Secrets } from '../../../functions/aws/secrets.ts';
import { openCredentials } from '../../../functions/run/credentials.ts';
import { checkConfig } from '../../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../../lib/monitored-org.ts';
import { UsageError } from '../../lab/result.ts';
import { isObject, type Json } from './json.ts';
import { type AdminFetch, fetchWhole } from './okta-api.ts';
import { CannotMake, type Context, type Found } from './resource.ts';
import { publicHalf } from './secret-resource.ts';
import type { Settings } from './settings.ts';

/** The applications whose keys are rotated, each with its secret. */
export const rotated = [
  { app: 'service-app', key: 'service-key' },
  { app: 'web-app', key: 'web-key' },
] as const;

/** The events that a rotation reports. */
export type RotationStep = 'stored' | 'registered' | 'proved' | 'in use' | 'retired';

export interface RotationContext extends Context {
  /** Sends a request without the administrator's credential. */
  readonly fetch: AdminFetch;
  readonly wait: (ms: number) => Promise<void>;
  /** Looks again at the application, right before it is changed. Throws `CannotMake` if it is not the one it was. */
  readonly verify: () => Promise<void>;
}

/**
 * Rotates the key of an application, while the monitor runs.
 *
 * The secret is the memory of the rotation: `next` is a key that Okta may not know yet, and `previous` is the id of one that
 * it may still know. So a second call goes on. Both keys are valid until the secret has the new one. A container
 * that still has the old one is refused, reads the secret again, and sends the request once more in the same run
 * (functions/run/client-call.ts), so nothing has to wait for it.
 *
 * Trap: Okta does not say who uses a key. A copy of the old key elsewhere stops working.
 */
export async function rotateKey(
  { app, key }: { readonly app: Found; readonly key: Found },
  context: RotationContext,
  onStep: (step: RotationStep) => void,
): Promise<void> {
  const { okta, store, makeKey, verify } = context;
  const keys = `/api/v1/apps/${app.id}/credentials/jwks`;
  const registered = () => okta.list(keys, 'applications');
  let secret: Json = key.secret?.reveal() ?? {};
  const save = async (value: Json) => {
    await store.write(key.id, value);
    secret = value;
  };

  // One that was retired before is done first: there must never be three keys.
  if (secret.previous === undefined) {
    if (!isObject(secret.next)) await save({ ...secret, next: await makeKey() });
    onStep('stored');
    const next = secret.next as Json;
    if (!(await registered()).some(({ kid }) => kid === next.kid)) {
      await verify();
      await okta.send('POST', keys, 'applications', { ...publicHalf(next), status: 'ACTIVE' });
    }
    onStep('registered');
    await prove(next, app, context);
    onStep('proved');
    const { next: _, ...others } = secret;
    await save({ ...others, privateKey: next, previous: (secret.privateKey as Json).kid });
  }
  onStep('in use');
  const old = (await registered()).find(({ kid }) => kid === secret.previous);
  if (old) {
    const path = `${keys}/${encodeURIComponent(String(old.id))}`;
    if (old.status !== 'INACTIVE') {
      await verify();
      await okta.send('POST', `${path}/lifecycle/deactivate`, 'applications');
    }
    await verify();
    await okta.send('DELETE', path, 'applications');
  }
  const { previous, ...others } = secret;
  await save(others);
  onStep('retired');
}

/** How often a new key is tried: Okta may need a moment. */
const mostProofs = 5;

/**
 * Shows that Okta accepts a key, before anything depends on it. It introspects a token that does not exist: whatever the
 * answer says about the token, the client was authenticated. Requesting a token would need a grant, which the application may lack.
 */
async function prove(key: Json, app: Found, context: RotationContext, tries = 1): Promise<void> {
  const { settings, fetch, wait } = context;
  const { org, server } = proofOrg(settings, app.id);
  const secrets: Secrets = { read: async (name) => parseSecret(name, JSON.stringify({ privateKey: key })) };
  try {
    await openCredentials(
      secrets,
      Date.now,
    )(org).introspect(server, { value: 'none', type: 'bearer' }, fetchWhole(fetch));
  } catch (error) {
    // There was no answer, so the key's status is unknown.
    if (error instanceof UsageError) throw error;
    if (tries >= mostProofs) {
      const isRefused = error instanceof ResponseBodyError && error.error === 'invalid_client';
      throw new CannotMake(
        `${isRefused ? 'Okta does not accept the new key' : 'Okta does not say whether it accepts the new key'}, so the old one stays in use.`,
        'Look at the keys of the application in Okta, and run it again: it goes on.',
      );
    }
    await wait(2_000);
    await prove(key, app, context, tries + 1);
  }
}

function proofOrg({ domain, org: name }: Settings, clientId: string) {
  const service = { clientId, secret: 'next' };
  const servers = [{ id: 'org', scopes: ['okta.users.read'] }];
  const [monitored] = monitoredOrgs(checkConfig({ orgs: [{ name, domain, service, servers }] }));
  const [server] = monitored?.org.servers ?? [];
  if (!monitored || !server) throw new Error('unreachable: an org without a server');
  return { org: monitored.org, server };
}
