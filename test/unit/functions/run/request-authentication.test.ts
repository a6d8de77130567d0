import { describe, expect, it } from 'vitest';
import { authenticationOf } from '../../../../functions/run/http.ts';

describe('authenticationOf', () => {
  it.each([
    ['private_key_jwt', { body: new URLSearchParams({ client_id: 'id', client_assertion: 'jwt' }) }],
    ['client_secret_post', { body: new URLSearchParams({ client_id: 'id', client_secret: 'secret' }) }],
    ['client_secret_basic', { headers: { Authorization: 'Basic aWQ6c2VjcmV0' } }],
    ['api_token', { headers: { authorization: 'SSWS token' } }],
    ['access_token', { headers: { authorization: 'Bearer token' } }],
    [undefined, { headers: { authorization: 'Negotiate token' } }],
    [undefined, {}],
  ])('is %s, by what the request sends', (expected, init) => {
    expect(authenticationOf(init)).toBe(expected);
  });
});
