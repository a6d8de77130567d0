import { type AuthorityPem, createAuthority } from './certificates.ts';
import { oktaId, type ServerId, serverIds } from './org.ts';
import { createClients, type RegisteredClients } from './registered-clients.ts';
import { createServerKeys, type ServerJwks } from './signing-keys.ts';

/** What tells one emulated org from another. It is plain data: stored as JSON, it makes the same org again. */
export interface OrgIdentity {
  readonly orgId: string;
  readonly apiToken: string;
  readonly authority: AuthorityPem;
  readonly clients: RegisteredClients;
  readonly keys: Readonly<Record<ServerId, ServerJwks>>;
}

/** Makes up an org: a certificate authority, clients, signing keys and an API token that nobody had before. */
export async function createIdentity(nowMs = Date.now()): Promise<OrgIdentity> {
  const [authority, clients, ...keys] = await Promise.all([
    createAuthority(nowMs),
    createClients(),
    ...serverIds.map(async (id) => [id, await createServerKeys(id)] as const),
  ]);
  return {
    orgId: oktaId('00o'),
    apiToken: oktaId('00', 40),
    authority,
    clients,
    keys: Object.fromEntries(keys) as OrgIdentity['keys'],
  };
}
