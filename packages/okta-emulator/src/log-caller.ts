import { decodeJwt } from 'jose';
import type { ClientMetadata } from 'oidc-provider';
import type { OktaRequest } from './http-message.ts';
import type { LogParticipant } from './system-log.ts';
import type { User } from './users.ts';

/** Who sent a request, as events name it. */
export interface Caller {
  readonly actor: LogParticipant;
  readonly clientId?: string;
  /** Of the SSWS token in the request. */
  readonly apiTokenId?: string;
}

/** The id of the org's API token. It is not the token. */
export const apiTokenId = '00T1monitor2token3id';

/** An API token of the org, with its id and who made it. */
export interface ApiToken {
  readonly value: string;
  readonly id: string;
  readonly owner: () => User | undefined;
}

/** Okta itself, as the actor of its own jobs. */
export const oktaSystem: LogParticipant = {
  ...{ id: '00u1okta2system3acto', type: 'SystemPrincipal' },
  ...{ displayName: 'Okta System', alternateId: 'system@okta.com' },
};

export function userParticipant({ id, login, firstName, lastName }: User): LogParticipant {
  return { id, type: 'User', alternateId: login, displayName: `${firstName} ${lastName}` };
}

export function clientParticipant(id: string, name: string | undefined): LogParticipant {
  return { id, type: 'PublicClientApp', alternateId: id, displayName: name ?? 'unknown' };
}

/**
 * Finds the sender of a request by its own claims, proved or not: the owner of the API token, the
 * OAuth client, or an unknown caller.
 */
export function createCallerOf(apiTokens: readonly ApiToken[], clients: readonly ClientMetadata[]) {
  return (request: OktaRequest): Caller => {
    const [scheme = '', credentials = ''] = request.raw.headers.authorization?.split(' ') ?? [];
    const token = scheme.toLowerCase() === 'ssws' ? apiTokens.find(({ value }) => value === credentials) : undefined;
    const owner = token?.owner();
    if (token && owner) return { actor: userParticipant(owner), apiTokenId: token.id };
    const id = clientIdOf(request, scheme.toLowerCase(), credentials);
    if (id === undefined) return { actor: oktaSystem };
    const name = clients.find(({ client_id }) => client_id === id)?.client_name;
    return { actor: clientParticipant(id, name), clientId: id };
  };
}

function clientIdOf({ method, body, query }: OktaRequest, scheme: string, credentials: string): string | undefined {
  if (scheme === 'bearer' || scheme === 'dpop') return claimOf(credentials, 'cid');
  if (scheme === 'basic') return Buffer.from(credentials, 'base64').toString().split(':')[0];
  const given = method === 'POST' ? new URLSearchParams(body) : query;
  return given.get('client_id') ?? claimOf(given.get('client_assertion') ?? '', 'sub');
}

/** An unverified claim of a JWT. */
function claimOf(jwt: string, name: string): string | undefined {
  try {
    const value = decodeJwt(jwt)[name];
    return value === undefined ? undefined : String(value);
  } catch {
    return undefined;
  }
}
