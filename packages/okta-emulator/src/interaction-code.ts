import { oauthError } from './error-responses.ts';
import {
  cookiesOf,
  internalRequest,
  jsonResponse,
  noStore,
  type OktaRequest,
  type OktaResponse,
} from './http-message.ts';
import type { Transaction, Transactions } from './idx-transaction.ts';
import { oktaError } from './okta-errors.ts';
import type { ServerAddress } from './org.ts';
import type { OrgState } from './org-state.ts';
import type { ProviderResult } from './provider-bridge.ts';
import { translateError } from './provider-errors.ts';
import { type Login, type Sessions, sessionCookie } from './sessions.ts';

interface InteractionCodeParts {
  readonly server: ServerAddress;
  /** The path of the server's endpoints. */
  readonly prefix: string;
  readonly state: OrgState;
  readonly transactions: Transactions;
  readonly sessions: Sessions;
  readonly clientName: (id: string) => string;
  /** Asks the provider. */
  readonly run: (request: OktaRequest) => Promise<ProviderResult>;
  /** Writes to the System Log what became of a request. */
  readonly record: (request: OktaRequest, result: ProviderResult) => void;
}

const lifetimeMs = 60_000;

/** What authenticates the client is not part of the request for authorization. */
const credentials = ['client_secret', 'client_assertion', 'client_assertion_type'];

/**
 * The interaction code flow, by which an application signs its users in on its own page.
 *
 * `/interact` is a pushed authorization request with another answer, and an interaction code is an authorization code
 * that no redirect has carried. So the provider makes both.
 * https://developer.okta.com/docs/concepts/interaction-code/
 */
export function createInteractionCodes({
  server,
  prefix,
  state,
  transactions,
  sessions,
  clientName,
  run,
  record,
}: InteractionCodeParts) {
  const codes = new Map<string, { readonly redirectUri: string; readonly expiresAtMs: number }>();

  return {
    async interact(request: OktaRequest): Promise<OktaResponse> {
      if (!state.settings().interactionCode) return oauthError(oktaError('oie_not_enabled_for_interact'));
      const form = new URLSearchParams(request.body);
      if (!form.has('code_challenge')) return oauthError(oktaError('pkce_challenge_required'));
      form.set('response_type', 'code');
      const path = `${prefix}/par`;
      const result = await run(internalRequest(request, { method: 'POST', path, body: form.toString() }));
      record(request, { ...result, route: 'interact' });
      if (result.failure) return oauthError(translateError(result.failure, ''), result.headers);
      for (const name of credentials) form.delete(name);
      const id = String(result.clientId);
      form.set('client_id', id);
      const { startToken } = transactions.begin({
        issuer: server.issuer,
        client: { id, label: clientName(id) },
        finish: { kind: 'interaction-code', server: server.id, form },
      });
      return jsonResponse(200, { interaction_handle: startToken }, noStore);
    },

    /** The end of a sign-in: how the application gets its tokens. */
    async issue(request: OktaRequest, { finish }: Transaction, login: Login): Promise<object> {
      if (finish.kind !== 'interaction-code') throw new Error('The sign-in ends with a redirect.');
      const query = new URLSearchParams(finish.form);
      query.set('prompt', 'none');
      const session = sessions.start(login);
      const cookies = cookiesOf(request).set(sessionCookie, session);
      const result = await run(
        internalRequest(request, { method: 'GET', path: `${prefix}/authorize`, query, cookies }),
      );
      sessions.discard(session);
      record(request, { ...result, route: 'interaction_code' });
      const code = new URL(String(result.headers.location)).searchParams.get('code') ?? '';
      const redirectUri = query.get('redirect_uri') ?? '';
      codes.set(code, { redirectUri, expiresAtMs: state.now() + lifetimeMs });
      const value = (name: string, given?: string) => ({ name, required: true, ...(given && { value: given }) });
      return {
        rel: ['create-form'],
        name: 'issue',
        href: `${server.origin}${prefix}/token`,
        method: 'POST',
        value: [
          value('grant_type', 'interaction_code'),
          value('interaction_code', code),
          value('client_id', query.get('client_id') ?? ''),
          value('code_verifier'),
        ],
        accepts: 'application/x-www-form-urlencoded',
      };
    },

    isValid: (code: string): boolean => (codes.get(code)?.expiresAtMs ?? 0) > state.now(),

    /** The request for a token by a valid interaction code, as the provider knows it. */
    toCodeGrant(form: URLSearchParams): URLSearchParams {
      const code = form.get('interaction_code') ?? '';
      const redirectUri = codes.get(code)?.redirectUri ?? '';
      codes.delete(code);
      const changed = new URLSearchParams(form);
      changed.delete('interaction_code');
      changed.set('grant_type', 'authorization_code');
      changed.set('code', code);
      changed.set('redirect_uri', redirectUri);
      return changed;
    },
  };
}
