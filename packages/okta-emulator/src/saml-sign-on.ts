import { errorEnvelope, errorPage } from './error-responses.ts';
import { escapeHtml, htmlResponse, noStore, type OktaRequest, type OktaResponse } from './http-message.ts';
import { oktaError } from './okta-errors.ts';
import type { OrgState } from './org-state.ts';
import { keysOf, type SamlApplication, type SamlKey, ssoPathOf } from './saml-applications.ts';
import { parseSamlRequest, samlMetadata, samlResponse, toRedirectParameter } from './saml-messages.ts';
import type { Sessions } from './sessions.ts';
import type { PendingSignOn } from './sign-in.ts';
import type { SignInLog } from './sign-in-log.ts';

interface SamlParts {
  readonly origin: string;
  readonly applications: readonly SamlApplication[];
  readonly key: SamlKey;
  readonly state: OrgState;
  readonly sessions: Sessions;
  readonly log: SignInLog;
  readonly startSignIn: (request: OktaRequest, pending: PendingSignOn) => OktaResponse;
}

/**
 * The sign-on to SAML applications, started by the service provider or by Okta: with a session a page that posts the
 * response, without one the sign-in first.
 */
export function createSamlSignOn({ origin, applications, key, state, sessions, log, startSignIn }: SamlParts) {
  async function signOn(request: OktaRequest, application: SamlApplication): Promise<OktaResponse> {
    const given = request.method === 'POST' ? new URLSearchParams(request.body) : request.query;
    const parameter = given.get('SAMLRequest');
    const authnRequest = parameter === null ? undefined : parseSamlRequest(parameter, request.method);
    const { acsUrl } = application.settings();
    if (parameter !== null && !authnRequest) return errorPage(oktaError('invalid_request'));
    if ((authnRequest?.acsUrl ?? acsUrl) !== acsUrl) return errorPage(oktaError('invalid_request'));

    const signedIn = provedUser(request);
    if (!signedIn) {
      const { id, label } = application;
      return startSignIn(request, { returnTo: pathBack(request, given), client: { id, label } });
    }
    const { user, sessionId } = signedIn;
    if (!user.assigned || !application.settings().assigned || user.access === 'DENY') {
      if (user.access === 'DENY') log.policy(request, user, 'DENY');
      log.singleSignOn(request, user, application, 'User is not assigned to the application');
      return notAssigned(application);
    }
    log.singleSignOn(request, user, application);
    const { signing } = await keysOf(application, key, state.now());
    const groups = state.groups.namesOf(user.id);
    const answer = { application, user, groups, inResponseTo: authnRequest?.id, sessionId, nowMs: state.now() };
    return postPage(acsUrl, samlResponse(answer, signing), given.get('RelayState') ?? '');
  }

  /** Returns the user of the request's session, if the session has all factors that the user needs. */
  function provedUser(request: OktaRequest) {
    const session = state.settings().sessionsHonored ? sessions.find(request) : undefined;
    const user = state.users.find(session?.accountId ?? '');
    if (!session || !user) return undefined;
    const isProved = user.factorMode !== '2FA' || (session.amr ?? []).includes('mfa');
    return isProved ? { user, sessionId: String(session.uid) } : undefined;
  }

  async function metadata(application: SamlApplication): Promise<OktaResponse> {
    const { published } = await keysOf(application, key, state.now());
    const headers = { 'content-type': 'application/xml;charset=utf-8', ...noStore };
    return { status: 200, headers, body: samlMetadata(application, published, origin) };
  }

  return {
    /** Returns whether an application is assigned to the users of the org. Applications without SAML always are. */
    isAssigned: (id: string): boolean =>
      applications.find((application) => application.id === id)?.settings().assigned ?? true,

    /** The metadata by the application's id, as the API has it. */
    metadataOf(id: string): Promise<OktaResponse> | undefined {
      const application = applications.find((candidate) => candidate.id === id);
      return application && metadata(application);
    },

    respond(request: OktaRequest): OktaResponse | Promise<OktaResponse> {
      const { path } = request;
      const target = applications.find((application) => path === ssoPathOf(application));
      if (target) return signOn(request, target);
      const described = applications.find(({ entity }) => path === `/app/${entity}/sso/saml/metadata`);
      return described ? metadata(described) : errorEnvelope('E0000007', `${path} (Path)`);
    },
  };
}

/** Returns the path that repeats a request as a redirect, once the user has signed in. */
function pathBack({ method, path }: OktaRequest, given: URLSearchParams): string {
  const back = new URLSearchParams(given);
  const parameter = given.get('SAMLRequest');
  if (parameter !== null && method === 'POST') back.set('SAMLRequest', toRedirectParameter(parameter));
  return back.size > 0 ? `${path}?${back}` : path;
}

/**
 * The page that posts a response to the service provider (SAML Bindings 2.0, 3.5).
 *
 * Trap: Okta writes characters that need no escape as entities, such as `&#x2b;` for a plus sign.
 */
function postPage(acsUrl: string, xml: string, relayState: string): OktaResponse {
  const response = entities(Buffer.from(xml).toString('base64'));
  return htmlResponse(
    200,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Signing in...</title></head>
<body onload="document.getElementById('appForm').submit()">
<form id="appForm" action="${entities(acsUrl)}" method="POST">
<input name="SAMLResponse" type="hidden" value="${response}"/>
<input name="RelayState" type="hidden" value="${entities(relayState)}"/>
</form>
</body>
</html>
`,
    noStore,
  );
}

function entities(text: string): string {
  return text.replace(/[^A-Za-z0-9]/g, (character) => `&#x${character.codePointAt(0)?.toString(16)};`);
}

function notAssigned({ label }: SamlApplication): OktaResponse {
  return htmlResponse(
    403,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta - Error</title></head>
<body class="auth okta-container">
<div class="error-content"><h1>403</h1><h2>App not assigned</h2>
<p>You can't access ${escapeHtml(label)} because you are not assigned this app in Okta.</p></div>
</body>
</html>
`,
    noStore,
  );
}
