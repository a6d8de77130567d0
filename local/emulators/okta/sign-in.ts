import { ServerResponse } from 'node:http';
import { errors } from 'oidc-provider';
import type { AuthorizationServer } from './authorization-server.ts';
import { errorEnvelope, errorPage } from './error-responses.ts';
import { escapeHtml, htmlResponse, type OktaRequest, type OktaResponse, redirectResponse } from './http-message.ts';
import { oktaError } from './okta-errors.ts';
import { user } from './org.ts';

/**
 * The sign-in page, which /authorize redirects to if there is no session and it may prompt.
 *
 * It asks only for a password.
 */
export function createSignIn(servers: readonly AuthorizationServer[]) {
  return async (request: OktaRequest): Promise<OktaResponse> => {
    const id = request.path.split('/')[2];
    const server = servers.find(({ address }) => address.id === id);
    if (!server) return errorEnvelope('E0000007', `${request.path} (Path)`);
    if (request.method !== 'POST') return signInPage(request.path);

    const form = new URLSearchParams(request.body);
    if (form.get('username') !== user.login || form.get('password') !== user.password) {
      return signInPage(request.path, 'Unable to sign in');
    }
    return signIn(server, request);
  };
}

async function signIn({ bridge }: AuthorizationServer, request: OktaRequest): Promise<OktaResponse> {
  const { provider } = bridge;
  const message = bridge.messageFor(request);
  const response = new ServerResponse(message);
  if (!(await provider.interactionDetails(message, response).catch(unknownRequest)))
    return errorPage(oktaError('request_expired'));
  const result = { login: { accountId: user.id, amr: ['pwd'] } };
  return redirectResponse(await provider.interactionResult(message, response, result));
}

/** The cookie of the authorization request is missing, or the request is more than an hour old. */
function unknownRequest(error: unknown): undefined {
  if (error instanceof errors.SessionNotFound) return undefined;
  throw error;
}

function signInPage(action: string, error?: string): OktaResponse {
  return htmlResponse(
    200,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta - Sign In</title></head>
<body class="auth okta-container">
<form id="okta-sign-in" method="post" action="${escapeHtml(action)}">
<h2>Sign In</h2>
${error ? `<p role="alert">${escapeHtml(error)}</p>` : ''}
<label>Username <input name="username" autocomplete="username" value="${user.login}"></label>
<label>Password <input name="password" type="password" autocomplete="current-password"></label>
<button type="submit">Sign in</button>
</form>
</body>
</html>
`,
  );
}
