import { randomBytes } from 'node:crypto';

/** The authorization servers: the Org server, `default`, and a custom one. */
export const serverIds = ['org', 'default', 'aus1a2b3c4d5e6f7g8h9'] as const;

export type ServerId = (typeof serverIds)[number];
type CustomServerId = Exclude<ServerId, 'org'>;

export const customServerIds = serverIds.filter((id) => id !== 'org');

/** A custom server's access tokens are for its own audience. The Org server's are for Okta's APIs. */
const customAudiences: Record<CustomServerId, string> = {
  default: 'api://default',
  aus1a2b3c4d5e6f7g8h9: 'api://orders',
};

export interface ServerAddress {
  readonly id: ServerId;
  readonly origin: string;
  /** The path of the server, which also ends its issuer. Empty for the Org server. */
  readonly mount: string;
  readonly issuer: string;
  readonly audience: string;
}

export function serverAddress(id: ServerId, origin: string): ServerAddress {
  const mount = id === 'org' ? '' : `/oauth2/${id}`;
  return {
    id,
    origin,
    mount,
    issuer: origin + mount,
    audience: id === 'org' ? origin : customAudiences[id],
  };
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** An id in Okta's format: a prefix for the type (`0oa`, `00u`, `aus`), then 17 letters or digits. */
export function oktaId(prefix: string, length = 17): string {
  return prefix + [...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('');
}

/** Adds an item to a set. Returns a function that takes it out again. */
export function addedTo<Item>(items: Set<Item>, item: Item): () => void {
  items.add(item);
  return () => void items.delete(item);
}
