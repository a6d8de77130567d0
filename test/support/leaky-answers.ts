import type { Effect, OktaRequest } from '../../packages/okta-emulator/src/index.ts';
import type { Canaries } from './canaries.ts';

/** Answers with a canary in every place that can hold a value, by their shape. */
export function leakyAnswers({ plant, plantBase64Url, plantToken }: Canaries): Readonly<Record<string, Effect>> {
  const cookie = `sid=${plantBase64Url('a cookie')}; Path=/; HttpOnly`;
  const headers = {
    'set-cookie': [cookie, `${plant('the name of a cookie')}=1`],
    'x-okta-request-id': `no id: ${plant('an invalid request id')}`,
    'x-rate-limit-limit': plant('a rate limit'),
    server: plant('a server'),
    link: `<https://localhost/${plant('a link')}>; rel="next"`,
  };
  const as = (type: string) => ({ ...headers, 'content-type': type });
  const json = (status: number, value: unknown): Effect => ({
    status,
    headers: as('application/json'),
    body: JSON.stringify(value),
  });
  const page = (what: string) =>
    `<!DOCTYPE html><html><head><title>${plant(`${what}'s title`)}</title><meta content="0;url=/${plant(`${what}'s refresh`)}">` +
    `<!-- ${plant(`${what}'s comment`)} --></head><body><h1>${plant(`${what}'s heading`)}</h1><p>State</p>` +
    `<form action="https://localhost/x"><input name="code" value="${plant(`${what}'s field`)}"></form>` +
    `<script>var t = "${plantToken(`${what}'s script`)}";</script></body></html>`;
  const oauth = (what: string) => ({
    error_description: `The token ${plant(`${what}'s description`)} is not good.`,
    error_uri: `https://localhost/?q=${plant(`${what}'s URI`)}`,
    trace: plant(`${what}'s member`),
  });
  const envelope = (what: string) => ({
    errorSummary: `No user ${plant(`${what}'s summary`)}`,
    errorLink: plant(`${what}'s link`),
    errorId: `no id: ${plant(`${what}'s invalid id`)}`,
    errorCauses: [{ errorSummary: plant(`${what}'s cause`), location: plant(`${what}'s location`) }],
  });
  const redirect = (location: string | ((state: string, redirectUri: string) => string)): Effect => ({
    transform: (answer, { query }: OktaRequest) => {
      const to =
        typeof location === 'string'
          ? location
          : location(query.get('state') ?? '', query.get('redirect_uri') ?? 'https://localhost/none');
      return { ...answer, status: 302, headers: { ...headers, location: to }, body: plant('the body of a redirect') };
    },
  });

  return {
    ...Object.fromEntries(
      [400, 401, 403, 429, 500].flatMap((status): [string, Effect][] => [
        [`${status} with an OAuth error`, json(status, { error: 'invalid_client', ...oauth(`OAuth ${status}`) })],
        [`${status} with an Okta error`, json(status, { errorCode: 'E0000006', ...envelope(`Okta error ${status}`) })],
        [`${status} with a page`, { status, headers: as('text/html'), body: page(`page ${status}`) }],
      ]),
    ),
    'an OAuth error with an unknown code': json(400, { ...oauth('OAuth'), error: plant('an OAuth code') }),
    'an OAuth error whose description begins like a known one': json(400, {
      error: 'invalid_client',
      error_description: `Invalid value for 'client_id' parameter. ${plant('the rest of a description')}`,
    }),
    'an Okta error whose summary begins like a known one': json(404, {
      errorCode: 'E0000007',
      errorSummary: `Not found: Resource not found: ${plant('the rest of a summary')} (User)`,
    }),
    'an Okta error with an unknown code': json(400, { ...envelope('Okta error'), errorCode: plant('an error code') }),
    'a challenge': {
      status: 401,
      headers: {
        ...headers,
        'www-authenticate': `Bearer realm="${plant('a realm')}", error="invalid_token", error_description="${plant('a challenge')}", scope="${plant('a scope of a challenge')}"`,
      },
      body: '',
    },
    'a challenge with an unknown code': {
      status: 400,
      headers: { ...headers, 'www-authenticate': `DPoP error="${plant('a code of a challenge')}", algs="RS256"` },
      body: '',
    },
    'a page instead of JSON': { status: 200, headers: as('text/html'), body: page('page 200') },
    'text instead of JSON': { status: 200, headers: as('text/plain'), body: `secret=${plant('a text')}` },
    'JSON that is cut off': {
      status: 200,
      headers: as('application/json'),
      body: `{"token_type":"Bearer","access_token":"${plantBase64Url('a token that is cut off')}`,
    },
    'a list instead of an object': json(200, [
      plant('an item'),
      { profile: { login: `${plant('a login')}@example.com` } },
    ]),
    'an opaque token': json(200, {
      ...{ token_type: 'Bearer', expires_in: 60, scope: 'okta.users.read monitor.read' },
      access_token: plantBase64Url('an opaque token'),
      refresh_token: plantBase64Url('a refresh token'),
      device_secret: plant('a device secret'),
    }),
    'a token with claims': json(200, {
      ...{ token_type: 'Bearer', expires_in: 60, scope: 'okta.users.read monitor.read' },
      access_token: plantToken('an access token', {
        iss: 'https://localhost',
        aud: 'api://default',
        exp: 1,
        scp: ['a'],
      }),
    }),
    'a token with an unknown type': json(200, {
      token_type: plant('a token type'),
      expires_in: plant('an expiry'),
      access_token: plantToken('a token with an unknown type'),
      id_token: plantToken('an ID token'),
    }),
    'a token with too few scopes': json(200, {
      token_type: 'Bearer',
      access_token: plantToken('a poor token'),
      scope: plant('a granted scope'),
    }),
    'a step of a sign-in': json(200, {
      version: '1.0.0',
      stateHandle: plantBase64Url('a state handle'),
      messages: {
        value: [{ message: plant('the text of a message'), i18n: { key: `no key: ${plant('the key of a message')}` } }],
      },
      remediation: {
        value: [
          {
            name: `no name: ${plant('the name of a step')}`,
            href: `https://localhost/${plant('the address of a step')}`,
            value: [{ name: `${plant('the name of a field')}!`, value: plant('the value of a field') }],
          },
        ],
      },
      user: { value: { identifier: `${plant('the identifier of a user')}@example.com` } },
    }),
    'the end of a sign-in': json(200, {
      ...{ version: '1.0.0', stateHandle: plantBase64Url('the last state handle') },
      success: {
        name: 'success-redirect',
        href: `https://elsewhere.example.com/?stateToken=${plantBase64Url('a last state token')}`,
      },
    }),
    'a state of a user': json(200, {
      status: `NO_STATE ${plant('the state of a user')}`,
      stateToken: plantBase64Url('a state token'),
      sessionToken: plantBase64Url('a session token'),
      _embedded: {
        user: { profile: { login: `${plant('the login in a profile')}@example.com` } },
        factors: [{ id: plant('the id of a factor'), factorType: `no type: ${plant('the type of a factor')}` }],
      },
    }),
    'the claims of a user': json(200, {
      ...{ sub: plant('the subject at userinfo'), email: `${plant('the email at userinfo')}@example.com` },
      groups: [plant('a group at userinfo')],
    }),
    'an inactive token': json(200, {
      active: false,
      username: plant('an inactive name'),
      sub: plant('an inactive sub'),
    }),
    'an introspection without most members': json(200, {
      ...{ active: true, username: `${plant('a username')}@example.com`, sub: plant('a subject') },
      token: plantToken('an introspected token'),
    }),
    'metadata with canaries in its URLs': json(200, {
      issuer: `https://user:${plant('a password')}@localhost/?q=${plant('a query')}#${plant('a fragment')}`,
      authorization_endpoint: `https://localhost/?code=${plant('a code of an address')}`,
      token_endpoint: plant('an invalid address'),
      jwks_uri: { url: plant('an address in an object') },
      introspection_endpoint: [plant('an address in a list')],
      id: [plant('an id that is a list')],
      pipeline: plant('a pipeline'),
    }),
    'keys with canaries as members': json(200, {
      keys: [
        {
          kty: 'RSA',
          kid: 'kid',
          n: plantBase64Url('n'),
          e: plantBase64Url('e'),
          x5c: [plantBase64Url('a certificate')],
        },
        { kty: plant('a key type'), use: plant('a use'), d: plantBase64Url('a private part') },
      ],
      note: plant('a note'),
    }),
    users: json(200, [
      {
        id: '00u1',
        profile: { login: `${plant('a login of a user')}@example.com`, email: `${plant('an e-mail')}@example.com` },
        credentials: { recovery_question: { question: plant('a question') } },
      },
    ]),
    'a status page': {
      status: 200,
      headers: as('text/html'),
      body:
        `<html><!-- ${plant('a comment of the status page')} --><title>${plant('the title of the status page')}</title>` +
        `<span data-id="user">${plant('a user of the status page')}</span><span data-id="incidents">` +
        JSON.stringify([
          {
            ...{ Name: 'I-1', Status__c: 'Investigating', Category__c: 'Service Disruption' },
            ...{
              Incident_Title__c: 'Sign-in',
              Impacted_Cells__c: 'okta.com:1',
              Log__c: plant('the log of an incident'),
            },
            ...{ CreatedBy: plant('the author of an incident') },
          },
        ]) +
        `<b>${plant('an element in the list')}</b></span></html>`,
    },
    'a redirect elsewhere': redirect(
      `https://user:${plant('a password of a redirect')}@localhost/${plant('the path of a redirect')}?code=${plant('a code of a redirect')}#access_token=${plantToken('a token in a fragment')}`,
    ),
    'a callback with an error': redirect(
      (state, to) =>
        `${to}?state=${state}&error=access_denied&error_description=${plant('a description at a callback')}&iss=${plant('an issuer at a callback')}`,
    ),
    'a callback with an unknown error': redirect(
      (state, to) => `${to}?state=${state}&error=${plant('an error at a callback')}`,
    ),
    'a callback with a code': redirect(
      (state, to) =>
        `${to}?state=${state}&code=${plantBase64Url('a code')}#id_token=${plantToken('an ID token in a fragment')}`,
    ),
    'a callback with another state': redirect((_, to) => `${to}?state=${plant('another state')}&error=login_required`),
  };
}
