import {
  customFetch,
  DPoP,
  type DPoPHandle,
  generateKeyPair,
  modifyAssertion,
  protectedResourceRequest,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi';
import type { Fetch, ProofKey } from '../model/probe.ts';
import { parseOktaError } from '../okta/okta-error.ts';
import { adapt } from './client-call.ts';

/**
 * The newest nonce of each URL. A warm container keeps them between runs, which saves a request: Okta accepts one for days.
 *
 * Trap: not by origin, because each authorization server has its own nonces.
 */
export type Nonces = Map<string, string>;

/** What oauth4webapi sends a request with. */
export interface SendOptions {
  readonly [customFetch]: typeof globalThis.fetch;
  readonly DPoP?: DPoPHandle;
}

/** The key of a run. Its handle makes proofs for the token endpoint. */
export interface RunKey extends ProofKey {
  readonly handle: DPoPHandle;
  readonly nonces: Nonces;
}

/**
 * Opens the keys of one run: none for a client without DPoP, and one and the same for all others. It is created when it is
 * first needed, and it is never the key that a client authenticates with (RFC 9449, 11.4).
 */
export function openRunKey(nonces: Nonces): (client: { readonly dpop?: boolean }) => Promise<RunKey | undefined> {
  let key: Promise<RunKey> | undefined;
  return async ({ dpop = false }) => {
    if (!dpop) return undefined;
    key ??= createRunKey(nonces);
    return key;
  };
}

async function createRunKey(nonces: Nonces): Promise<RunKey> {
  const handle = DPoP({}, await generateKeyPair('ES256'), {
    [modifyAssertion]: (_header, payload) => {
      const nonce = nonces.get(String(payload.htu));
      if (nonce === undefined) delete payload.nonce;
      else payload.nonce = nonce;
    },
  });
  const key: RunKey = {
    ...{ handle, nonces, thumbprint: await handle.calculateThumbprint() },
    send: (token, url, { method = 'GET', headers, body = null }, fetch) =>
      withProof(key, fetch, (options) =>
        protectedResourceRequest(
          token,
          method,
          new URL(url),
          new Headers(headers),
          body as URLSearchParams | null,
          options,
        ).catch(responseOf),
      ),
  };
  return key;
}

/** A response with a challenge is judged as any other. */
function responseOf(error: unknown): Response {
  if (error instanceof WWWAuthenticateChallengeError) return error.response;
  throw error;
}

/**
 * Sends a request with a proof of possession, if there is a key. A server that wants its nonce in the proof refuses the
 * first request and gives one: the request is then sent once more, with a new proof (RFC 9449, 8 and 9). That is no retry,
 * because the server did nothing for the first one.
 */
export async function withProof(
  key: RunKey | undefined,
  fetch: Fetch,
  send: (options: SendOptions) => Promise<Response>,
): Promise<Response> {
  if (!key) return send(adapt(fetch));
  const options = { ...adapt(keepingNonces(key.nonces, fetch)), DPoP: key.handle };
  const response = await send(options);
  return (await demandsNonce(response)) ? send(options) : response;
}

/** Any response may bring the next nonce, a success too. */
function keepingNonces(nonces: Nonces, fetch: Fetch): Fetch {
  return async (url, init) => {
    const response = await fetch(url, init);
    const nonce = response.headers.get('dpop-nonce') ?? '';
    const { origin, pathname } = new URL(url);
    if (nonceSyntax.test(nonce)) nonces.set(`${origin}${pathname}`, nonce);
    return response;
  };
}

/** RFC 9449, 8.1. A longer one would make the header too large. */
const nonceSyntax = /^[\x21\x23-\x5B\x5D-\x7E]{1,1000}$/;

async function demandsNonce(response: Response): Promise<boolean> {
  if (response.status !== 400 && response.status !== 401) return false;
  if (!nonceSyntax.test(response.headers.get('dpop-nonce') ?? '')) return false;
  return parseOktaError(response.headers, await response.clone().text()).error === 'use_dpop_nonce';
}
