import type { RequestAuthentication } from '../model/exchange.ts';
import type { FetchInit } from '../model/probe.ts';

/** How a request authenticates, by the names of its parameters and its `Authorization` scheme. Reads no credential. */
export function authenticationOf({ headers = {}, body }: FetchInit): RequestAuthentication | undefined {
  const form = body instanceof URLSearchParams ? body : new URLSearchParams();
  if (form.has('client_assertion')) return 'private_key_jwt';
  if (form.has('client_secret')) return 'client_secret_post';
  const authorization = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization')?.[1];
  return schemes[authorization?.split(' ')[0]?.toLowerCase() ?? ''];
}

/** Whether a request proves the possession of a key (RFC 9449). */
export function hasProof({ headers = {} }: FetchInit): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'dpop');
}

const schemes: Readonly<Record<string, RequestAuthentication>> = {
  basic: 'client_secret_basic',
  ssws: 'api_token',
  bearer: 'access_token',
  dpop: 'access_token',
};
