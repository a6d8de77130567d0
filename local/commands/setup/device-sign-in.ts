import {
  type AuthorizationServer,
  type Client,
  type DeviceAuthorizationResponse,
  deviceAuthorizationRequest,
  deviceCodeGrantRequest,
  None,
  processDeviceAuthorizationResponse,
  processDeviceCodeResponse,
  ResponseBodyError,
} from 'oauth4webapi';
import { fetchWithToken } from '../../../functions/findings/probe-failure.ts';
import type { AccessToken, Fetch } from '../../../functions/model/probe.ts';
import { adapt } from '../../../functions/run/client-call.ts';
import { openRunKey, type RunKey, withProof } from '../../../functions/run/dpop.ts';
import { UsageError } from '../../lab/result.ts';
import { type AdminFetch, fetchWhole } from './okta-api.ts';
import { areas, readScope } from './refusals.ts';

export interface DeviceSignIn {
  readonly origin: string;
  /** A native application of the org with the grant type Device Authorization. */
  readonly clientId: string;
  readonly fetch: Fetch;
  readonly wait: (ms: number) => Promise<void>;
  /** Shows the administrator where to sign in. */
  readonly show: (text: string) => void;
}

/** The scopes that an administrator's token needs for a set-up. */
export const adminScopes = [...new Set(Object.values(areas).flatMap(({ scope }) => [readScope(scope), scope]))];

/**
 * Signs an administrator in with a browser, by the device authorization grant (RFC 8628) at the Org server. The token is
 * kept in memory, for this call only. It is bound to a key if the application demands that (RFC 9449).
 *
 * https://developer.okta.com/docs/guides/device-authorization-grant/main/
 */
export async function signInByDevice(signIn: DeviceSignIn): Promise<AdminFetch> {
  const { origin, clientId, wait, show } = signIn;
  const fetch = fetchWhole(signIn.fetch);
  const as: AuthorizationServer = {
    ...{ issuer: origin, token_endpoint: `${origin}/oauth2/v1/token` },
    device_authorization_endpoint: `${origin}/oauth2/v1/device/authorize`,
  };
  const client: Client = { client_id: clientId };
  const begun = await deviceAuthorizationRequest(as, client, None(), { scope: adminScopes.join(' ') }, adapt(fetch))
    .then((response) => processDeviceAuthorizationResponse(as, client, response))
    .catch((error: unknown) => {
      throw new UsageError(explain(codeOf(error)));
    });
  show(
    `Open ${placeOf(begun, origin)} and sign in as an administrator.\nThe code is ${begun.user_code}. Waiting for you …`,
  );
  const keyOf = openRunKey(new Map());
  let key: RunKey | undefined;
  let seconds = Math.max(begun.interval ?? 5, 1);
  for (let left = Math.min(begun.expires_in, longestSeconds); left > 0; left -= seconds) {
    try {
      const response = await withProof(key, fetch, (options) =>
        deviceCodeGrantRequest(as, client, None(), begun.device_code, options),
      );
      const token = await processDeviceCodeResponse(as, client, response);
      const admin: AccessToken = { value: token.access_token, type: token.token_type, ...(key && { proofKey: key }) };
      return async (url, init = {}) => await fetchWithToken(admin, url, init, fetch);
    } catch (error) {
      const code = codeOf(error);
      if (code === 'invalid_dpop_proof' && !key) key = await keyOf({ dpop: true });
      else if (code === 'slow_down') seconds += 5;
      else if (code !== 'authorization_pending') throw new UsageError(explain(code));
      await wait(seconds * 1000);
    }
  }
  throw new UsageError(explain('expired_token'));
}

/** Okta's codes live for ten minutes. A longer life must not keep the command waiting. */
const longestSeconds = 1_800;

/**
 * Where the administrator signs in. Throws `UsageError` unless it is a page of the org, and the code one that can be typed:
 * something in between could send the administrator elsewhere, and would get the password there.
 */
function placeOf(begun: DeviceAuthorizationResponse, origin: string): string {
  const { verification_uri_complete, verification_uri, user_code } = begun;
  const [page, ...others] = [verification_uri_complete ?? verification_uri, verification_uri].map((uri) =>
    URL.parse(uri),
  );
  const isOfOrg = (url: URL | null | undefined) =>
    url?.origin === new URL(origin).origin && url.username === '' && url.password === '';
  if (!page || ![page, ...others].every(isOfOrg) || !/^[\w-]{1,40}$/.test(user_code))
    throw new UsageError(
      `The answer names no page of ${new URL(origin).host} to sign in at, so it is not shown: nothing was done.\nLook for a proxy or a firewall that answers in Okta's place.`,
    );
  return page.href;
}

/** Trap: an error's description may quote the request, so only its code is used. */
function codeOf(error: unknown): string {
  return error instanceof ResponseBodyError && /^\w{1,60}$/.test(error.error) ? error.error : 'no answer of Okta';
}

const answers: Readonly<Record<string, string>> = {
  access_denied: 'The sign-in was refused: nothing was done.',
  expired_token: 'The code expired before anyone signed in: run it again.',
  invalid_client: 'Okta does not know the application of --device-client: copy its client id.',
  unauthorized_client:
    'The application of --device-client may not use this grant: tick Device Authorization in its General settings. It must be a native application.',
  invalid_scope: `The application of --device-client lacks a scope. Grant it ${adminScopes.join(', ')} in Okta API Scopes.`,
};

function explain(code: string): string {
  return answers[code] ?? `The sign-in failed (${code}): nothing was done.`;
}
