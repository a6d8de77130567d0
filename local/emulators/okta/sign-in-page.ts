import { escapeForScript } from './authorization-response.ts';
import { htmlResponse, noStore, type OktaResponse } from './http-message.ts';

/**
 * The page that Okta serves at /authorize to a user who has no session.
 *
 * Its script has the state token that the sign-in API begins with. `undefined` leaves it out, as a page that a customer
 * wrote may. The page drives the API itself, so that people can sign in too.
 *
 * Trap: the token is in a string of JavaScript, in which Okta escapes hyphens and more: `\x2D`.
 */
export function signInPage(origin: string, stateToken: string | undefined): OktaResponse {
  const text = (value: string) => `"${escapeForScript(value)}"`;
  const data = [`"baseUrl":${text(origin)}`, ...(stateToken === undefined ? [] : [`"stateToken":${text(stateToken)}`])];
  return htmlResponse(
    200,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta - Sign In</title></head>
<body class="auth okta-container">
<div id="okta-sign-in"></div>
<noscript>Signing in needs JavaScript.</noscript>
<script type="text/javascript">
var oktaData = {"signIn":{${data.join(',')}}};
${driver}
</script>
</body>
</html>
`,
    noStore,
  );
}

/**
 * The page of the Classic engine, to which /authorize redirects. It asks for the password, then for a code, and makes a
 * session of the token that it gets.
 */
export function classicSignInPage(origin: string, fromUri: string): OktaResponse {
  return htmlResponse(
    200,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta - Sign In</title></head>
<body class="auth okta-container">
<div id="okta-sign-in"></div>
<noscript>Signing in needs JavaScript.</noscript>
<script type="text/javascript">
var baseUrl = "${escapeForScript(origin)}";
var fromUri = "${escapeForScript(fromUri)}";
${classicDriver}
</script>
</body>
</html>
`,
    noStore,
  );
}

/** Shows each remediation as a form. It posts what the form asks for, until there is a `success`. */
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
