import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseOktaError } from '../../../../functions/okta/okta-error.ts';
import { parseWwwAuthenticate } from '../../../../functions/okta/www-authenticate.ts';

const challenge =
  'Bearer authorization_uri="http://acme.okta.com/oauth2/v1/authorize", realm="http://acme.okta.com", ' +
  'scope="okta.groups.read", error="insufficient_scope", ' +
  'error_description="The access token provided, alas, does not contain the required scopes.", resource="/api/v1/groups"';

describe('parseOktaError', () => {
  it('parses the management API’s envelope', () => {
    const body = JSON.stringify({
      errorCode: 'E0000047',
      errorSummary: 'API call exceeded rate limit due to too many requests.',
      errorLink: 'E0000047',
      errorId: 'oaeXYZ',
      errorCauses: [],
    });
    expect(parseOktaError(new Headers(), body)).toEqual({
      shape: 'envelope',
      errorCode: 'E0000047',
      reason: 'rate_limited',
      description: 'API call exceeded rate limit due to too many requests.',
      errorId: 'oaeXYZ',
    });
  });

  it('parses OAuth JSON', () => {
    const body = JSON.stringify({
      error: 'invalid_scope',
      error_description: 'Custom scopes are not allowed for this request.',
    });
    expect(parseOktaError(new Headers(), body)).toEqual({
      shape: 'oauth',
      error: 'invalid_scope',
      reason: 'illegal_custom_scope',
      description: 'Custom scopes are not allowed for this request.',
    });
  });

  it('parses a challenge header if the body is empty', () => {
    expect(parseOktaError(new Headers({ 'www-authenticate': challenge }), '')).toEqual({
      shape: 'challenge',
      error: 'insufficient_scope',
      wording: 'The access token provided … does not contain the required scopes',
      scopes: ['okta.groups.read'],
    });
  });

  it('recognizes an HTML page by its content type, and reports any other format as other', () => {
    expect(parseOktaError(new Headers({ 'content-type': 'text/html; charset=utf-8' }), '<h1>502</h1>').shape).toBe(
      'html',
    );
    expect(parseOktaError(new Headers(), '{"error": 7').shape).toBe('other');
    expect(parseOktaError(new Headers(), 'null').shape).toBe('other');
  });

  it('keeps the causes in an envelope that hold no personal value', () => {
    const causes = [
      'Provisioning is not supported.',
      'name: The field cannot be left blank',
      'login: jane.doe@example.com already exists',
      'The user Jane Doe is locked',
      'The user mark is locked',
      'login: grant already exists',
      'secret 7f3a-canary',
      7,
    ];
    const body = { errorCode: 'E0000001', errorCauses: causes.map((errorSummary) => ({ errorSummary })) };
    expect(parseOktaError(new Headers(), JSON.stringify(body)).causes).toEqual([
      'Provisioning is not supported.',
      'name: The field cannot be left blank',
    ]);
  });

  it('recognizes the answer of Okta’s front for a host that is no org', () => {
    expect(parseOktaError(new Headers(), '{"status":404,"message":"Resource not found"}').reason).toBe('unknown_host');
    expect(parseOktaError(new Headers(), '{"status":404,"message":"Not Found"}').reason).toBeUndefined();
  });

  it('shows the text of the table, and not the one that was received, whatever its case, quotes and details', () => {
    const body = JSON.stringify({
      error: 'server_error',
      error_description: 'THE "Jane Doe" user claim could not be evaluated',
    });
    expect(parseOktaError(new Headers(), body)).toEqual({
      ...{ shape: 'oauth', error: 'server_error', reason: 'user_claim_evaluation_failure' },
      description: "The '…' user claim could not be evaluated.",
    });
  });

  it('reads the code of an error page', () => {
    const page = '<p>Error Code: access_denied</p><p>Description: Jane is not welcome</p>';
    expect(parseOktaError(new Headers({ 'content-type': 'text/html' }), page)).toEqual({
      shape: 'html',
      error: 'access_denied',
    });
  });

  it('redacts texts that are not in Okta’s catalog, and drops codes that do not look like codes', () => {
    const oauth = JSON.stringify({ error: 'invalid_client', error_description: 'The secret canary-7f3a is wrong' });
    expect(parseOktaError(new Headers(), oauth)).toEqual({
      ...{ shape: 'oauth', error: 'invalid_client', wording: '…' },
    });
    const envelope = JSON.stringify({
      errorCode: 'E0000007',
      errorSummary: 'Not found: Resource not found: canary (App)',
    });
    expect(parseOktaError(new Headers(), envelope)).toEqual({
      shape: 'envelope',
      errorCode: 'E0000007',
      reason: 'not_found',
      description: 'Not found: Resource not found',
    });
    expect(parseOktaError(new Headers(), JSON.stringify({ error: 'canary 7f3a' })).shape).toBe('other');
  });

  it('finds the reason in the text of an error page', () => {
    const page =
      '<html><body><h2>400</h2><p>The &#39;redirect_uri&#39; parameter must be a <b>Login</b> redirect URI in the client app settings.</p></body></html>';
    expect(parseOktaError(new Headers({ 'content-type': 'text/html' }), page).reason).toBe('illegal_redirect_uri');
  });
});

describe('parseWwwAuthenticate', () => {
  it('parses a WWW-Authenticate header with several challenges and commas inside quotes', () => {
    expect(parseWwwAuthenticate(`DPoP algs="RS256 ES256", ${challenge}`)).toEqual([
      { scheme: 'DPoP', parameters: { algs: 'RS256 ES256' } },
      {
        scheme: 'Bearer',
        parameters: {
          authorization_uri: 'http://acme.okta.com/oauth2/v1/authorize',
          realm: 'http://acme.okta.com',
          scope: 'okta.groups.read',
          error: 'insufficient_scope',
          error_description: 'The access token provided, alas, does not contain the required scopes.',
          resource: '/api/v1/groups',
        },
      },
    ]);
  });

  it('parses a WWW-Authenticate header with escaped quotes and unquoted values', () => {
    expect(parseWwwAuthenticate('Bearer error=invalid_token, error_description="said \\"no\\""')).toEqual([
      { scheme: 'Bearer', parameters: { error: 'invalid_token', error_description: 'said "no"' } },
    ]);
  });

  it('never throws, whatever the WWW-Authenticate header contains', () => {
    fc.assert(fc.property(fc.string({ maxLength: 200 }), (header) => Array.isArray(parseWwwAuthenticate(header))));
  });
});
