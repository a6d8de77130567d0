import { createHash, randomBytes } from 'node:crypto';
import { escapeForScript } from './authorization-response.ts';
import type { AuthorizationServer } from './authorization-server.ts';
import { errorEnvelope, errorPage } from './error-responses.ts';
import {
  cookiesOf,
  htmlResponse,
  noStore,
  type OktaRequest,
  type OktaResponse,
  redirectResponse,
} from './http-message.ts';
import type { Transaction, Transactions } from './idx-transaction.ts';
import { type OktaErrorCode, oktaError } from './okta-errors.ts';
import type { OrgState } from './org-state.ts';
import type { Login, Sessions } from './sessions.ts';

/** An authorization request whose user must sign in first. */
export interface PendingAuthorization {
  readonly server: AuthorizationServer['address'];
  /** The provider's id of the request. */
  readonly uid: string;
  readonly client: { readonly id: string; readonly label: string };
}

/** A sign-on whose user must sign in first, and then asks again. */
export interface PendingSignOn {
  /** The path and the query. */
  readonly returnTo: string;
  readonly client: { readonly id: string; readonly label: string };
}

/** What became of a sign-in: it goes on, the user is in, or the user must not get in. */
export type SignInOutcome = 'pending' | 'success' | OktaErrorCode;

const deviceTokenSeconds = 63_072_000;

/** Begins sign-ins. The page is at the URL of the request itself, and at Classic a redirect away. */
export function createSignInStart(origin: string, { settings }: OrgState, transactions: Transactions) {
  function begin(
    request: OktaRequest,
    given: Pick<Transaction, 'issuer' | 'client' | 'finish'>,
    fromURI: string,
  ): OktaResponse {
    const { engine, stateTokenInPage } = settings();
    const cookies = cookiesOf(request).has('DT') ? [] : [deviceCookie()];
    if (engine === 'classic') {
      return redirectResponse(`${origin}/login/login.htm?${new URLSearchParams({ fromURI })}`, {
        'set-cookie': cookies,
      });
    }
    const { startToken } = transactions.begin(given);
    const page = signInPage(origin, stateTokenInPage ? startToken : undefined);
    return { ...page, headers: { ...page.headers, 'set-cookie': cookies } };
  }

  return {
    forAuthorization(request: OktaRequest, { server, uid, client }: PendingAuthorization): OktaResponse {
      const path = `${new URL(server.issuer).pathname.replace(/^\/$/, '/oauth2')}/v1/authorize/redirect`;
      const finish = { kind: 'redirect', server: server.id, uid } as const;
      return begin(
        request,
        { issuer: server.issuer, client, finish },
        `${path}?${new URLSearchParams({ okta_key: uid })}`,
      );
    },

    forSignOn(request: OktaRequest, { returnTo, client }: PendingSignOn): OktaResponse {
      return begin(request, { issuer: origin, client, finish: { kind: 'return', path: returnTo } }, returnTo);
    },
  };
}

/** Identifies the browser to Okta for years. */
function deviceCookie(): string {
  return `DT=DI1${randomBytes(16).toString('base64url')}; Path=/; Max-Age=${deviceTokenSeconds}; Secure; HttpOnly; SameSite=None`;
}

interface SignInEnd {
  readonly origin: string;
  readonly transactions: Transactions;
  readonly sessions: Sessions;
  readonly serverOf: (id: string) => AuthorizationServer | undefined;
  readonly outcome: (transaction: Transaction) => SignInOutcome;
  /** The user whom a session token stands for. */
  readonly redeem: (sessionToken: string) => Login | undefined;
}

/** The redirects that lead from a sign-in back to the application. */
export function createSignInEnd({ origin, transactions, sessions, serverOf, outcome, redeem }: SignInEnd) {
  async function tokenRedirect(request: OktaRequest): Promise<OktaResponse> {
    if (!cookiesOf(request).has('DT')) return forbidden();
    const [id = ''] = (request.query.get('stateToken') ?? '').split('~');
    const transaction = transactions.findById(id);
    if (!transaction || transaction.finish.kind === 'interaction-code') return errorPage(oktaError('request_expired'));
    const { finish } = transaction;
    const became = outcome(transaction);
    if (became === 'pending') return errorPage(oktaError('request_expired'));
    transactions.end(transaction);
    const answer = became === 'success' ? loginOf(transaction) : oktaError(became);
    if (finish.kind === 'return') {
      if (!('accountId' in answer)) return errorPage(answer);
      return redirectResponse(origin + finish.path, { 'set-cookie': sessions.cookie(sessions.start(answer)) });
    }
    const { server, uid } = finish;
    return serverOf(server)?.resume(request, uid, answer) ?? errorPage(oktaError('request_expired'));
  }

  /** Makes a session of a session token, as the page of the Classic engine needs it. */
  function sessionCookieRedirect(request: OktaRequest): OktaResponse {
    const target = new URL(request.query.get('redirectUrl') ?? '/', origin);
    if (target.origin !== origin) return forbidden();
    const login = redeem(request.query.get('token') ?? '');
    if (!login) return redirectResponse(`${origin}/login/login.htm?${new URLSearchParams({ fromURI: target.href })}`);
    return redirectResponse(target.href, { 'set-cookie': sessions.cookie(sessions.start(login)) });
  }

  const routes: Readonly<Record<string, (request: OktaRequest) => OktaResponse | Promise<OktaResponse>>> = {
    '/login/token/redirect': tokenRedirect,
    '/login/sessionCookieRedirect': sessionCookieRedirect,
    '/login/login.htm': ({ query }) => classicSignInPage(origin, query.get('fromURI') ?? '/'),
  };
  return (request: OktaRequest) =>
    routes[request.path]?.(request) ?? errorEnvelope('E0000007', `${request.path} (Path)`);
}

/** The methods of the sign-in in Okta's order (RFC 8176). */
export function loginOf({ user = '', proved }: Transaction): Login {
  const isMultiFactor = proved.has('google_otp') || proved.has('okta_verify');
  return { accountId: user, amr: isMultiFactor ? ['mfa', 'otp', 'pwd'] : ['pwd'] };
}

function forbidden(): OktaResponse {
  return htmlResponse(403, '<!DOCTYPE html>\n<html><head><title>403 Forbidden</title></head><body></body></html>\n');
}

/**
 * The page that Okta serves at /authorize to a user who has no session.
 *
 * Its script has the state token that the sign-in API begins with. `undefined` leaves it out, as a page that a customer
 * wrote may. The page drives the API itself, so that people can sign in too.
 *
 * Trap: the token is in a string of JavaScript, in which Okta escapes hyphens and more: `\x2D`.
 */
function signInPage(origin: string, stateToken: string | undefined): OktaResponse {
  const text = (value: string) => `"${escapeForScript(value)}"`;
  const data = [`"baseUrl":${text(origin)}`, ...(stateToken === undefined ? [] : [`"stateToken":${text(stateToken)}`])];
  return scriptedPage(`var oktaData = {"signIn":{${data.join(',')}}};
${driver}`);
}

/**
 * The page of the Classic engine, to which /authorize redirects. It asks for the password, then for a code, and makes a
 * session of the token that it gets.
 */
function classicSignInPage(origin: string, fromUri: string): OktaResponse {
  return scriptedPage(`var baseUrl = "${escapeForScript(origin)}";
var fromUri = "${escapeForScript(fromUri)}";
${classicDriver}`);
}

const widgetScript = 'window.OktaSignIn = window.OktaSignIn || function OktaSignIn() {};\n';
const widgetStyle = '#okta-sign-in { display: block; }\n';
const widgetPath = '/assets/js/sdk/okta-signin-widget/7.30.0';

/** The files that the sign-in page loads, by their paths. Okta has them on the host of its CDN. */
export const signInAssets: Readonly<Record<string, OktaResponse>> = Object.fromEntries(
  [
    [`${widgetPath}/js/okta-sign-in.min.js`, 'text/javascript', widgetScript] as const,
    [`${widgetPath}/css/okta-sign-in.min.css`, 'text/css', widgetStyle] as const,
  ].map(([path, type, body]) => [path, { status: 200, headers: { 'content-type': type }, body, sender: 'front' }]),
);

const integrity = `sha384-${createHash('sha384').update(widgetScript).digest('base64')}`;

const assetTags = `<link type="text/css" rel="stylesheet" href="${widgetPath}/css/okta-sign-in.min.css">
<script src="${widgetPath}/js/okta-sign-in.min.js" integrity="${integrity}" crossorigin="anonymous"></script>`;

/** Returns a sign-in page of either engine. Trap: the script goes into the page as it is, so escape each value in it. */
function scriptedPage(script: string): OktaResponse {
  return htmlResponse(
    200,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta - Sign In</title>
${assetTags}
</head>
<body class="auth okta-container">
<div id="okta-sign-in"></div>
<noscript>Signing in needs JavaScript.</noscript>
<script type="text/javascript">
${script}
</script>
</body>
</html>
`,
    noStore,
  );
}

/** Shows each remediation as a form. It posts the form's fields, until there is a `success`. */
const driver = `(function () {
  var root = document.getElementById('okta-sign-in');
  function post(href, body) {
    fetch(href, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/ion+json; okta-version=1.0.0' },
      body: JSON.stringify(body)
    }).then(function (answer) { return answer.json(); }).then(show);
  }
  function add(parent, name, text) {
    var element = document.createElement(name);
    if (text) element.textContent = text;
    return parent.appendChild(element);
  }
  function messages(of) {
    ((of.messages || {}).value || []).forEach(function (one) { add(root, 'p', one.message).setAttribute('role', 'alert'); });
    if (Array.isArray(of.value)) of.value.forEach(messages);
    if (of.form) messages(of.form);
  }
  function show(idx) {
    if (idx.success) { location.href = idx.success.href; return; }
    var remediations = (idx.remediation || {}).value || [];
    root.textContent = '';
    messages(idx);
    remediations.forEach(messages);
    if (idx.authenticatorChallenge) remediations = [idx.authenticatorChallenge.value.cancel];
    remediations.forEach(function (one) {
      var form = add(root, 'form');
      var body = {};
      var reads = [];
      if (one.method === 'GET') { add(form, 'a', one.name).href = one.href; return; }
      (function fields(list, into) {
        list.forEach(function (field) {
          if (field.form) return fields(field.form.value, into[field.name] = {});
          if (field.options) {
            var select = add(add(form, 'label', field.name + ' '), 'select');
            field.options.forEach(function (option, index) { add(select, 'option', option.label).value = index; });
            reads.push(function () {
              var chosen = field.options[select.value].value;
              if (!chosen.form) { into[field.name] = chosen; return; }
              into[field.name] = {};
              chosen.form.value.forEach(function (inner) {
                into[field.name][inner.name] = inner.options ? inner.options[inner.options.length - 1].value : inner.value;
              });
            });
            return;
          }
          if (field.value !== undefined || field.visible === false) { into[field.name] = field.value; return; }
          var input = add(add(form, 'label', (field.label || field.name) + ' '), 'input');
          input.name = field.name;
          input.type = field.secret ? 'password' : field.type === 'boolean' ? 'checkbox' : 'text';
          reads.push(function () { into[field.name] = input.type === 'checkbox' ? input.checked : input.value; });
        });
      })(one.value || [], body);
      add(form, 'button', one.name);
      form.onsubmit = function (event) {
        event.preventDefault();
        reads.forEach(function (read) { read(); });
        post(one.href, body);
      };
    });
  }
  if (oktaData.signIn.stateToken) post('/idp/idx/introspect', { stateToken: oktaData.signIn.stateToken });
})();`;

const classicDriver = `(function () {
  var root = document.getElementById('okta-sign-in');
  function post(href, body) {
    fetch(href, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      .then(function (answer) { return answer.json(); }).then(show);
  }
  function ask(message, names, send) {
    root.textContent = message;
    var form = root.appendChild(document.createElement('form'));
    var inputs = {};
    names.forEach(function (name) {
      var label = form.appendChild(document.createElement('label'));
      label.textContent = name + ' ';
      inputs[name] = label.appendChild(document.createElement('input'));
      inputs[name].name = name;
      if (name === 'password') inputs[name].type = 'password';
    });
    form.appendChild(document.createElement('button')).textContent = 'Sign in';
    form.onsubmit = function (event) {
      event.preventDefault();
      var values = {};
      names.forEach(function (name) { values[name] = inputs[name].value; });
      send(values);
    };
  }
  function start(message) {
    ask(message, ['username', 'password'], function (values) { post('/api/v1/authn', values); });
  }
  function show(answer) {
    if (answer.sessionToken) {
      location.href = baseUrl + '/login/sessionCookieRedirect?token=' + encodeURIComponent(answer.sessionToken) +
        '&redirectUrl=' + encodeURIComponent(fromUri);
    } else if (answer.status === 'MFA_REQUIRED') {
      var factor = answer._embedded.factors[0];
      ask('Enter the code of ' + factor.provider, ['passCode'], function (values) {
        post(factor._links.verify.href, { stateToken: answer.stateToken, passCode: values.passCode });
      });
    } else start(answer.errorSummary || answer.status);
  }
  start('');
})();`;
