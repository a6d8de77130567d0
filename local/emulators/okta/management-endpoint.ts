import type { AdminRole } from './admin-roles.ts';
import { ApiError } from './api-error.ts';
import type { Body } from './documents.ts';
import type { OktaRequest, OktaResponse } from './http-message.ts';
import type { Caller } from './log-caller.ts';

/** Who asks the management API: the owner of an API token, a client, or a user by a client. */
export interface Principal {
  readonly roles: readonly AdminRole[];
  readonly caller: Caller;
}

/** One request to an endpoint. */
export interface ApiCall {
  readonly request: OktaRequest;
  /** The parts of the path that the endpoint names. */
  readonly params: Readonly<Record<string, string>>;
  /** The JSON object in the body, empty if there is none. */
  readonly body: Body;
  readonly principal: Principal;
}

/** An endpoint of the management API. Its function throws `ApiError`. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With names in braces: `/api/v1/apps/{appId}/grants`. */
  readonly path: string;
  readonly scope: string;
  readonly respond: (call: ApiCall) => OktaResponse;
}

/** Finds the endpoint of a request. HEAD is GET without the body. */
export function createEndpointFinder(endpoints: readonly Endpoint[]) {
  const patterns = endpoints.map((endpoint) => ({
    endpoint,
    pattern: new RegExp(`^${endpoint.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  }));
  return (
    method: string,
    path: string,
  ): { readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> } | undefined => {
    for (const { endpoint, pattern } of patterns) {
      const match = endpoint.method === (method === 'HEAD' ? 'GET' : method) ? pattern.exec(path) : null;
      if (match) return { endpoint, params: decoded(match.groups ?? {}) };
    }
    return undefined;
  };
}

function decoded(params: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodedText(value)]));
}

/** A text of a path. What is not encoded as it should be is taken as it is. */
export function decodedText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The JSON object in a body. Anything else is refused. */
export function parseBody(text: string): Body {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError('E0000003');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ApiError('E0000003');
  return value as Body;
}
