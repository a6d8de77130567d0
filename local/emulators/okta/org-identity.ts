import { type AuthorityPem, createAuthority } from './certificates.ts';
import { oktaId, type ServerId, serverIds } from './org.ts';
import { createClients, type RegisteredClients } from './registered-clients.ts';
import { createSamlKey, type SamlKey } from './saml-key.ts';
import { createServerKeys, type ServerJwks } from './signing-keys.ts';

/** What tells one emulated org from another. It is plain data: stored as JSON, it makes the same org again. */
export interface OrgIdentity {
  readonly orgId: string;
  /** Of a read-only administrator. */
  readonly apiToken: string;
  /** Of a super administrator. */
  readonly adminToken: string;
  readonly authority: AuthorityPem;
  readonly clients: RegisteredClients;
  readonly keys: Readonly<Record<ServerId, ServerJwks>>;
  /** Signs the responses for SAML applications. */
  readonly saml: SamlKey;
}

/** Okta's certificates for SAML are valid for ten years. */
const samlDays = 3650;

/** Makes up an org: a certificate authority, clients, signing keys and an API token that nobody had before. */
export async function createIdentity(nowMs = Date.now()): Promise<OrgIdentity> {
  const [authority, clients, saml, ...keys] = await Promise.all([
    createAuthority(nowMs),
    createClients(),
    createSamlKey(samlDays, nowMs),
    ...serverIds.map(async (id) => [id, await createServerKeys(id)] as const),
  ]);
  return {
    orgId: oktaId('00o'),
    apiToken: oktaId('00', 40),
    adminToken: oktaId('00', 40),
    authority,
    clients,
    saml,
    keys: Object.fromEntries(keys) as OrgIdentity['keys'],
  };
}
