import type { ServerId } from './servers.ts';
import { generateSigningKey, type SigningKey } from './signing-key.ts';

/** The keys of one server. */
export interface ServerKeys {
  /** What /keys publishes: the one in use, and the next. */
  readonly published: readonly [active: SigningKey, next: SigningKey];
  /** What access tokens are signed with. The Org server does not publish it. */
  readonly accessTokens: SigningKey;
}

export async function generateServerKeys(id: ServerId): Promise<ServerKeys> {
  const [active, next, hidden] = await Promise.all([
    generateSigningKey(),
    generateSigningKey(),
    id === 'org' ? generateSigningKey() : undefined,
  ]);
  return { published: [active, next], accessTokens: hidden ?? active };
}
