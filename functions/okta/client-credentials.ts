import { idAt, type JsonObject, memberAt, objectsIn, shownName, textAt, timeAt } from './json-fields.ts';

/**
 * A secret or a public key of an application. Trap: what Okta answers has the secret in clear text. It is read no further
 * than this.
 */
export interface ClientCredential {
  readonly id: string;
  readonly isActive: boolean;
  /** Epoch milliseconds. */
  readonly created?: number;
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/ */
export function parseClientCredentials(items: readonly JsonObject[]): readonly ClientCredential[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id') ?? idAt(item, 'kid');
    const created = timeAt(item, 'created');
    if (id === undefined) return [];
    return [{ id, isActive: textAt(item, 'status') === 'ACTIVE', ...(created !== undefined && { created }) }];
  });
}

/**
 * The keys that sign, as `credentials/jwks` lists them. Undefined if it is no list.
 *
 * Trap: Okta's example of an answer has `jwks.keys`, and its schema has `keys`.
 */
export function signingKeysIn(document: unknown): readonly JsonObject[] | undefined {
  const keys = memberAt(document, 'jwks', 'keys') ?? memberAt(document, 'keys');
  return Array.isArray(keys) ? objectsIn(keys).filter(({ use }) => use !== 'enc') : undefined;
}

/** An API token, without its value, which Okta never shows again. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly owner?: string;
  /** Thirty days after its last use, in epoch milliseconds. */
  readonly expiresAt?: number;
  /** Whether it works from any address. */
  readonly isUnrestricted: boolean;
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApiToken/ */
export function parseApiTokens(items: readonly JsonObject[]): readonly ApiToken[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    if (id === undefined) return [];
    const [owner, expiresAt] = [idAt(item, 'userId'), timeAt(item, 'expiresAt')];
    return [
      {
        ...{ id, name: shownName(item, id), isUnrestricted: textAt(item, 'network', 'connection') === 'ANYWHERE' },
        ...(owner !== undefined && { owner }),
        ...(expiresAt !== undefined && { expiresAt }),
      },
    ];
  });
}
