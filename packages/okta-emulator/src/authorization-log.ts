import type { OktaRequest } from './http-message.ts';
import { clientParticipant, userParticipant } from './log-caller.ts';
import type { OktaError } from './okta-errors.ts';
import type { ServerAddress } from './org.ts';
import type { OrgState } from './org-state.ts';
import type { ProviderResult } from './provider-bridge.ts';
import { interactionUrl } from './provider-configuration.ts';
import { translateError } from './provider-errors.ts';
import type { SignInLog } from './sign-in-log.ts';
import type { LogParticipant, SystemLog } from './system-log.ts';
import type { User } from './users.ts';

interface AuthorizationLogParts {
  readonly server: ServerAddress;
  readonly log: SystemLog;
  readonly signInLog: SignInLog;
  readonly state: OrgState;
}

/** The words of an event, and what it issues, by its type in `target`. */
type Event = readonly [eventType: string, displayMessage: string, issued?: string];

const authorizeCode: Event = ['authorize.code', 'OAuth2 authorization code request', 'code'];
const revocation: Event = ['token.revoke', 'OAuth2 token revocation request'];
const handle: Event = ['interact.interaction_handle', 'Interaction handle is generated'];
const interactionCode: Event = ['interact.interaction_code', 'Interaction code is generated'];

/** The tokens in the answer of the token endpoint. Okta logs each by itself. */
const tokens: Readonly<Record<string, Event>> = {
  access_token: ['token.grant.access_token', 'OAuth2 access token is granted', 'access_token'],
  id_token: ['token.grant.id_token', 'OAuth2 id token is granted', 'id_token'],
  refresh_token: ['token.grant.refresh_token', 'OAuth2 refresh token is granted', 'refresh_token'],
};

/** A rotated refresh token was used after its grace. */
const reuse: Event = ['token.detect_reuse', 'OAuth2 refresh token reuse detected'];

/**
 * The events by the provider's route name, or by the step of the interaction code flow. A route that redirects to the
 * sign-in instead of the application is not logged yet. Okta's catalog has no event of introspection, user info, keys
 * and discovery.
 */
const loggedRoutes: Readonly<
  Record<string, { readonly isRedirect?: true; readonly succeeded?: Event; readonly failed: Event }>
> = {
  token: { failed: ['token.grant', 'OAuth2 token request'] },
  authorization: { isRedirect: true, succeeded: authorizeCode, failed: authorizeCode },
  resume: { isRedirect: true, succeeded: authorizeCode, failed: authorizeCode },
  revocation: { succeeded: revocation, failed: revocation },
  interact: { succeeded: handle, failed: handle },
  interaction_code: { succeeded: interactionCode, failed: interactionCode },
};

/** The parameters of a request that events show, by their names there. */
const shownParameters: Readonly<Record<string, string>> = {
  grantType: 'grant_type',
  requestedScopes: 'scope',
  responseType: 'response_type',
  responseMode: 'response_mode',
  redirectUri: 'redirect_uri',
  state: 'state',
};

/** Writes the outcomes of one server's requests for tokens and for authorization to the System Log. */
export function createAuthorizationLog({ server, log, signInLog, state }: AuthorizationLogParts) {
  const { users, applications } = state;

  const isCustom = server.id !== 'org';

  /** The policy and the rule that granted a request. */
  function policyOf({ params, clientId = '' }: ProviderResult, user: User | undefined): Record<string, string> {
    const grantType = String(params.grant_type ?? 'authorization_code');
    const scopes = String(params.scope ?? '')
      .split(' ')
      .filter(Boolean);
    const granted = state.serverAccess.ruleFor(server.id, { clientId, grantType, scopes, user });
    return granted ? { policy: granted.policy.id, rule: granted.rule.id } : {};
  }

  /** What an event shows of a request, and of what the request was granted. */
  function debugData(
    result: ProviderResult,
    granted: { readonly user: User | undefined } | undefined,
    error?: OktaError,
  ) {
    const method = clientOf(result)?.token_endpoint_auth_method;
    return {
      ...shown(result.params),
      ...(isCustom && { authorizationServer: server.id, authorizationServerName: nameOf(server) }),
      ...(method && { clientAuthType: method }),
      ...(granted && { grantedScopes: grantedScopes(result) }),
      ...(granted && isCustom && policyOf(result, granted.user)),
      ...(error && { error: error.error, errorDescription: error.description }),
    };
  }

  const clientOf = ({ clientId }: ProviderResult) =>
    applications.clients.find(({ client_id }) => client_id === clientId);

  /** Writes the event of one thing that was asked for or issued. */
  function recordEvent(
    request: OktaRequest,
    result: ProviderResult,
    [eventType, displayMessage, issued]: Event,
    user: User | undefined,
    error: OktaError | undefined,
  ): void {
    const { clientId } = result;
    const issuedToken = error || issued === undefined ? [] : [token(issued, user?.id ?? clientId)];
    log.record(request, {
      eventType: `${isCustom ? 'app.oauth2.as' : 'app.oauth2'}.${eventType}`,
      displayMessage,
      actor: clientParticipant(clientId ?? 'unknown', clientOf(result)?.client_name),
      targets: [...(user ? [userParticipant(user)] : []), ...issuedToken],
      ...(clientId !== undefined && { clientId }),
      ...(error && { failure: error.code }),
      debugData: debugData(result, issuedToken.length > 0 ? { user } : undefined, error),
    });
  }

  return (request: OktaRequest, result: ProviderResult): void => {
    const { route, clientId, failure, accountId } = result;
    const happened = loggedRoutes[route ?? ''];
    if (!happened || (happened.isRedirect && !failure && !leadsToApplication(result))) return;
    const user = users.find(accountId ?? '');
    const error = failure && translateError(failure, '');
    for (const event of eventsOf(happened, result)) recordEvent(request, result, event, user, error);
    if (!happened.isRedirect || !user) return;
    if (error?.code === 'no_matching_policy') signInLog.policy(request, user, 'DENY');
    const label = clientOf(result)?.client_name ?? 'unknown';
    signInLog.singleSignOn(request, user, { id: clientId ?? 'unknown', label }, error?.code);
  };
}

function eventsOf(
  { succeeded, failed }: (typeof loggedRoutes)[string],
  { failure, body }: ProviderResult,
): readonly Event[] {
  if (failure) return [isReuse(failure) ? reuse : failed];
  if (succeeded) return [succeeded];
  return Object.keys(Object(body)).flatMap((name) => (tokens[name] ? [tokens[name]] : []));
}

/** Okta separates scopes by a comma and a space. */
function shown(params: ProviderResult['params']): Record<string, string> {
  const given = Object.entries(shownParameters).flatMap(([name, parameter]) => {
    const value = params[parameter];
    return typeof value === 'string' ? [[name, name === 'requestedScopes' ? listed(value) : value]] : [];
  });
  return Object.fromEntries(given);
}

function grantedScopes({ body, params }: ProviderResult): string {
  return listed(String(Object(body).scope ?? params.scope ?? ''));
}

function listed(scope: string): string {
  return scope.split(' ').join(', ');
}

function token(type: string, subject: string | undefined): LogParticipant {
  const words = type.split('_').map((word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  return { id: 'unknown', type, alternateId: null, displayName: words.join(' '), detailEntry: { subject } };
}

function nameOf({ id }: ServerAddress): string {
  return id === 'default' ? 'default' : 'Orders';
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
