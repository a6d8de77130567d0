import { ServerResponse } from 'node:http';
import { errors } from 'oidc-provider';
import { type Answer, htmlAnswer, redirectAnswer } from './answer.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { errorEnvelope } from './error-envelope.ts';
import { errorPage } from './error-page.ts';
import { escapeHtml } from './html.ts';
import { oktaError } from './okta-errors.ts';
import type { OktaRequest } from './okta-request.ts';
import { person } from './user.ts';

/**
 * The page where a person signs in, when /authorize finds no session and may prompt.
 *
 * A password is all it asks for, and consent is given with it: Okta asks for none where the application does not
 * require it.
 */
export function createSignIn(servers: readonly AuthorizationServer[]) {
  return async (request: OktaRequest): Promise<Answer> => {
    const id = request.path.split('/')[2];
    const server = servers.find(({ address }) => address.id === id);
    if (!server) return errorEnvelope('E0000007', `${request.path} (Path)`);
    if (request.method !== 'POST') return signInPage(request.path);

    const form = new URLSearchParams(request.body);
    if (form.get('username') !== person.login || form.get('password') !== person.password) {
      return signInPage(request.path, 'Unable to sign in');
    }
    return signIn(server, request);
  };
}

async function signIn({ bridge }: AuthorizationServer, request: OktaRequest): Promise<Answer> {
  const { provider } = bridge;
  const message = bridge.messageFor(request);
  const response = new ServerResponse(message);
  const { params } = (await provider.interactionDetails(message, response).catch(forgotten)) ?? {};
  if (!params) return errorPage(oktaError('request_expired'));
  const grant = new provider.Grant({ accountId: person.id, clientId: String(params.client_id) });
  grant.addOIDCScope(String(params.scope));
  const result = { login: { accountId: person.id, amr: ['pwd'] }, consent: { grantId: await grant.save() } };
  return redirectAnswer(await provider.interactionResult(message, response, result));
}

/** The provider does not know the request: its cookie is missing, or an hour has passed. */
function forgotten(error: unknown): undefined {
  if (error instanceof errors.SessionNotFound) return undefined;
  throw error;
}

function signInPage(action: string, error?: string): Answer {
  return htmlAnswer(
    200,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta - Sign In</title></head>
<body class="auth okta-container">
<form id="okta-sign-in" method="post" action="${escapeHtml(action)}">
<h2>Sign In</h2>
${error ? `<p role="alert">${escapeHtml(error)}</p>` : ''}
<label>Username <input name="username" autocomplete="username" value="${person.login}"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button type="submit">Sign in</button>
</form>
</body>
</html>
`,
  );
}
