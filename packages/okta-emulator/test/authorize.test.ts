import { describe, expect, it } from 'vitest';
import { javascriptRedirect } from '../src/index.ts';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();

/** `undefined` leaves a parameter out. */
function authorize(changes: Record<string, string | undefined> = {}, server = '') {
  const all = {
    client_id: okta.clients.web.clientId,
    redirect_uri: okta.clients.web.redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: 'a state',
    nonce: 'a nonce',
    prompt: 'none',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
    ...changes,
  };
  const given = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return client.request(`/oauth2/${server}v1/authorize?${new URLSearchParams(given)}`);
}

const notLoggedIn = 'The client specified not to prompt, but the user is not logged in.';

describe('/authorize with prompt=none and no session', () => {
  it.each(['', 'default/', 'aus1a2b3c4d5e6f7g8h9/'])(
    'redirects to the application with login_required (server "%s")',
    async (server) => {
      const response = await authorize({}, server);
      expect(response.status).toBe(302);
      const url = new URL(response.headers.get('location') ?? '');
      expect(url.origin + url.pathname).toBe(okta.clients.web.redirectUri);
      expect(Object.fromEntries(url.searchParams)).toEqual({
        state: 'a state',
        error: 'login_required',
        error_description: notLoggedIn,
      });
    },
  );

  it('returns the error in the fragment if the application asks for it', async () => {
    const url = new URL((await authorize({ response_mode: 'fragment' })).headers.get('location') ?? '');
    expect(url.search).toBe('');
    expect(new URLSearchParams(url.hash.slice(1)).get('error')).toBe('login_required');
  });

  it('returns a page that submits itself for form_post', async () => {
    const response = await authorize({ response_mode: 'form_post' });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('<input type="hidden" name="error" value="login_required"/>');
  });

  it('returns a page that posts a message for okta_post_message', async () => {
    const response = await authorize({ response_mode: 'okta_post_message' });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain('"error":"login_required"');
  });

  it('needs no code challenge from an application with a secret', async () => {
    const response = await authorize({ code_challenge: undefined, code_challenge_method: undefined });
    expect(response.headers.get('location')).toContain('error=login_required');
  });

  it('accepts an authorization request by POST', async () => {
    const url = new URL((await authorize()).url);
    const response = await client.request(url.origin + url.pathname, { method: 'POST', body: url.searchParams });
    expect(response.headers.get('location')).toContain('error=login_required');
  });

  it('can redirect by JavaScript, as Identity Engine may', async () => {
    const remove = okta.intercept({ path: /\/authorize$/ }, { transform: javascriptRedirect });
    const response = await authorize();
    remove();
    expect(response.status).toBe(200);
    expect(response.headers.get('location')).toBeNull();
    const [, escaped = ''] = /window\.location\.href = '([^']*)'/.exec(await response.text()) ?? [];
    const location = escaped.replace(/\\x(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
    expect(new URL(location).searchParams.get('error')).toBe('login_required');
    expect((await authorize()).status).toBe(302);
  });
});

describe('/authorize with an error that must not be redirected', () => {
  it.each([
    [
      'an unregistered redirect URI',
      { redirect_uri: 'https://evil.example/' },
      /redirect_uri&#39; parameter must be a Login/,
    ],
    ['an unknown client', { client_id: '0oaNobodyKnowsThis000' }, /Invalid value for &#39;client_id&#39; parameter/],
    ['no redirect URI', { redirect_uri: undefined }, /redirect_uri&#39; parameter must be a Login/],
  ])('shows an error page for %s', async (_, changes, text) => {
    const response = await authorize(changes);
    expect(response.status).toBe(400);
    expect(response.headers.get('location')).toBeNull();
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toMatch(text);
  });
});

describe('/authorize with an error for the application', () => {
  it.each([
    [
      'a custom scope at the Org server',
      '',
      { scope: 'openid monitor.read' },
      'invalid_scope',
      'Custom scopes are not allowed for this request.',
    ],
    [
      'an unknown scope at a custom server',
      'default/',
      { scope: 'openid nope' },
      'invalid_scope',
      'One or more scopes are not configured for the authorization server resource.',
    ],
    [
      'a missing code challenge of an application without a secret',
      '',
      {
        client_id: okta.clients.spa.clientId,
        redirect_uri: okta.clients.spa.redirectUri,
        code_challenge: undefined,
        code_challenge_method: undefined,
      },
      'invalid_request',
      'PKCE code challenge is required by the application.',
    ],
    [
      'a plain code challenge',
      '',
      { code_challenge_method: 'plain' },
      'invalid_request',
      'PKCE code challenge method is not supported. Valid values: [S256]',
    ],
    [
      'a missing state',
      '',
      { state: undefined },
      'invalid_request',
      "The authentication request has an invalid 'state' parameter.",
    ],
    [
      'an unknown response mode',
      '',
      { response_mode: 'pigeon' },
      'unsupported_response_mode',
      'The response mode is not supported by the authorization server. Valid response modes: [query, fragment, form_post, okta_post_message].',
    ],
  ])('redirects to the application with the error for %s', async (_, server, changes, error, description) => {
    const response = await authorize(changes, server);
    expect(response.status).toBe(302);
    const { searchParams } = new URL(response.headers.get('location') ?? '');
    expect(searchParams.get('error')).toBe(error);
    expect(searchParams.get('error_description')).toBe(description);
  });

  it('accepts a custom scope at a custom server', async () => {
    const response = await authorize({ scope: 'openid monitor.read' }, 'default/');
    expect(response.headers.get('location')).toContain('error=login_required');
  });
});
