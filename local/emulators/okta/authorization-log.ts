import type { OktaRequest } from './http-message.ts';
import type { ServerAddress } from './org.ts';
import type { ProviderResult } from './provider-bridge.ts';
import { interactionUrl } from './provider-configuration.ts';
import { translateError } from './provider-errors.ts';
import type { SignInLog } from './sign-in-log.ts';
import type { SystemLog } from './system-log.ts';
import type { Users } from './users.ts';

interface AuthorizationLogParts {
  readonly server: ServerAddress;
  readonly log: SystemLog;
  readonly signInLog: SignInLog;
  readonly users: Users;
  readonly clientName: (id: string | undefined) => string | undefined;
}

interface Event {
  readonly eventType: string;
  readonly displayMessage: string;
}

const authorizeCode: Event = { eventType: 'authorize.code', displayMessage: 'OAuth2 authorization code request' };

/** A rotated refresh token was used after its grace. */
const reuse: Event = { eventType: 'token.detect_reuse', displayMessage: 'OAuth2 refresh token reuse detected' };

/** By the provider's route name. A route that redirects to the sign-in instead of the application is not logged yet. */
const loggedRoutes: Readonly<
  Record<string, { readonly isRedirect: boolean; readonly succeeded: Event; readonly failed: Event }>
> = {
  token: {
    isRedirect: false,
    succeeded: { eventType: 'token.grant.access_token', displayMessage: 'OAuth2 access token is granted' },
    failed: { eventType: 'token.grant', displayMessage: 'OAuth2 token request' },
  },
  authorization: { isRedirect: true, succeeded: authorizeCode, failed: authorizeCode },
  resume: { isRedirect: true, succeeded: authorizeCode, failed: authorizeCode },
};

/** Writes to the System Log what became of one server's requests for tokens and for authorization. */
export function createAuthorizationLog({ server, log, signInLog, users, clientName }: AuthorizationLogParts) {
  return (request: OktaRequest, result: ProviderResult): void => {
    const { route, clientId, failure, params, accountId } = result;
    const happened = loggedRoutes[route ?? ''];
    if (!happened || (happened.isRedirect && !failure && !leadsToApplication(result))) return;
    const { eventType, displayMessage } = isReuse(failure) ? reuse : happened[failure ? 'failed' : 'succeeded'];
    const code = failure && translateError(failure, '').code;
    log.record(request, {
      eventType: `${server.id === 'org' ? 'app.oauth2' : 'app.oauth2.as'}.${eventType}`,
      displayMessage,
      actor: { id: clientId ?? 'unknown', type: 'PublicClientApp', displayName: clientName(clientId) ?? 'unknown' },
      ...(code !== undefined && { failure: code }),
      debugData: {
        ...(server.id !== 'org' && { authorizationServer: server.id }),
        ...(typeof params.grant_type === 'string' && { grantType: params.grant_type }),
        ...(typeof params.scope === 'string' && { requestedScopes: params.scope }),
      },
    });
    const user = users.find(accountId ?? '');
    if (happened.isRedirect && user) signInLog.singleSignOn(request, user, code);
  };
}

function isReuse(failure: ProviderResult['failure']): boolean {
  const detail = failure && 'error_detail' in failure ? String(failure.error_detail) : '';
  return detail.includes('already used');
}

/** A code goes to the application in a redirect, or in a page. */
function leadsToApplication({ headers, body }: ProviderResult): boolean {
  const { location } = headers;
  return typeof location === 'string' ? !location.startsWith(interactionUrl) : typeof body === 'string';
}
