import type { Adapter, AdapterPayload } from 'oidc-provider';

interface Stored {
  readonly payload: AdapterPayload;
  readonly expiresAtMs: number;
}

/**
 * In-memory storage for one authorization server.
 *
 * Trap: servers must not share one, because as at Okta a server must not know another server's tokens. The provider's
 * built-in storage prints a warning that it is for development, so it is not used.
 */
export function createMemoryAdapter(): (model: string) => Adapter {
  const records = new Map<string, Stored>();

  const unexpired = (key: string): AdapterPayload | undefined => {
    const stored = records.get(key);
    if (stored && stored.expiresAtMs > Date.now()) return withLeeway(stored.payload);
    records.delete(key);
    return undefined;
  };
  const search = (model: string, wanted: Partial<AdapterPayload>): AdapterPayload | undefined =>
    [...records.keys()]
      .filter((key) => key.startsWith(`${model}:`))
      .map(unexpired)
      .find((payload) => payload && matches(payload, wanted));

  return (model) => ({
    async upsert(id, payload, expiresIn) {
      const expiresAtMs = expiresIn === undefined ? Number.POSITIVE_INFINITY : Date.now() + expiresIn * 1000;
      records.set(`${model}:${id}`, { payload, expiresAtMs });
    },
    async find(id) {
      return unexpired(`${model}:${id}`);
    },
    async findByUid(uid) {
      return search(model, { uid });
    },
    async findByUserCode(userCode) {
      return search(model, { userCode });
    },
    async consume(id) {
      const payload = records.get(`${model}:${id}`)?.payload;
      if (payload) payload.consumed ??= Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      records.delete(`${model}:${id}`);
    },
    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of records) if (payload.grantId === grantId) records.delete(key);
    },
  });
}

const leewaySeconds = 30;

/**
 * A rotated refresh token still works for a while, so that a client that missed the response can repeat the request.
 * https://developer.okta.com/docs/guides/refresh-tokens/
 */
function withLeeway(payload: AdapterPayload): AdapterPayload {
  const { consumed, ...usable } = payload;
  const isInLeeway = payload.kind === 'RefreshToken' && Number(consumed) > Date.now() / 1000 - leewaySeconds;
  return isInLeeway ? usable : payload;
}

function matches(payload: AdapterPayload, wanted: Partial<AdapterPayload>): boolean {
  return Object.entries(wanted).every(([name, value]) => payload[name] === value);
}
