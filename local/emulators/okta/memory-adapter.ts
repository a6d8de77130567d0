import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { OrgState, SessionStore } from './org-state.ts';

/**
 * In-memory storage for one authorization server. Its clients are the applications of the org.
 *
 * Trap: servers must not share one, because as at Okta a server must not know another server's tokens. Only the
 * sessions are the org's. The provider's built-in storage prints a warning that it is for development, so it is not
 * used.
 */
export function createMemoryAdapter({ sessions, settings, applications }: OrgState): (model: string) => Adapter {
  const own: SessionStore = new Map();
  const recordsOf = (key: string) => (key.startsWith('Session:') ? sessions : own);

  const unexpired = (key: string): AdapterPayload | undefined => {
    const records = recordsOf(key);
    const stored = records.get(key);
    if (stored && stored.expiresAtMs > Date.now()) {
      return withLeeway(stored.payload, settings().refreshTokenLeewaySeconds);
    }
    records.delete(key);
    return undefined;
  };
  const search = (model: string, wanted: Partial<AdapterPayload>): AdapterPayload | undefined =>
    [...recordsOf(`${model}:`).keys()]
      .filter((key) => key.startsWith(`${model}:`))
      .map(unexpired)
      .find((payload) => payload && matches(payload, wanted));

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const expiresAtMs = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000;
      recordsOf(`${model}:`).set(`${model}:${id}`, { payload, expiresAtMs });
    },
    async find(id) {
      if (model === 'Client') return structuredClone(applications.clients.find(({ client_id }) => client_id === id));
      return unexpired(`${model}:${id}`);
    },
    async findByUid(uid) {
      return search(model, { uid });
    },
    async findByUserCode(userCode) {
      return search(model, { userCode });
    },
    async consume(id) {
      const payload = own.get(`${model}:${id}`)?.payload;
      if (payload) payload.consumed ??= Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      recordsOf(`${model}:`).delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of own) if (payload.grantId === grantId) own.delete(key);
    },
  });
}

/**
 * A rotated refresh token still works for a while, so that a client that missed the response can repeat the request.
 * https://developer.okta.com/docs/guides/refresh-tokens/
 */
function withLeeway(payload: AdapterPayload, leewaySeconds: number): AdapterPayload {
  const { consumed, ...usable } = payload;
  const isInLeeway = payload.kind === 'RefreshToken' && Number(consumed) > Date.now() / 1000 - leewaySeconds;
  return isInLeeway ? usable : payload;
}

function matches(payload: AdapterPayload, wanted: Partial<AdapterPayload>): boolean {
  return Object.entries(wanted).every(([name, value]) => payload[name] === value);
}
