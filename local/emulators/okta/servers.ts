/** The authorization servers of the embedded org: the Org server, `default`, and one that an administrator made. */
export const serverIds = ['org', 'default', 'aus1a2b3c4d5e6f7g8h9'] as const;

export type ServerId = (typeof serverIds)[number];
export type CustomServerId = Exclude<ServerId, 'org'>;

export const customServerIds = serverIds.filter((id) => id !== 'org');

/** Access tokens of a custom server are for its audience, those of the Org server for Okta's own APIs. */
const customAudiences: Record<CustomServerId, string> = {
  default: 'api://default',
  aus1a2b3c4d5e6f7g8h9: 'api://orders',
};

/** Where a server is reached: under `mount`, which its issuer ends with. The Org server's is empty. */
export interface ServerAddress {
  readonly id: ServerId;
  readonly origin: string;
  readonly mount: string;
  readonly issuer: string;
  readonly audience: string;
  /** What an endpoint's name follows. The Org issuer has no `/oauth2` in it, its endpoints do. */
  readonly endpoints: string;
}

export function serverAddress(id: ServerId, origin: string): ServerAddress {
  const mount = id === 'org' ? '' : `/oauth2/${id}`;
  return {
    id,
    origin,
    mount,
    issuer: origin + mount,
    audience: id === 'org' ? origin : customAudiences[id],
    endpoints: id === 'org' ? `${origin}/oauth2/v1` : `${origin}${mount}/v1`,
  };
}
