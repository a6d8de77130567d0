import { describe, expect, it } from 'vitest';
import { differences, overlay } from '../../../../../local/commands/setup/json.ts';

describe('the differences of a plan', () => {
  it('say what is not as desired, and leave out what nobody asked for', () => {
    const found = { label: 'old', settings: { oauthClient: { dpop: false, jwks_uri: null } }, _links: {} };
    const desired = { label: 'new', settings: { oauthClient: { dpop: true, jwks_uri: 'https://a' } } };
    expect(differences(found, desired)).toEqual([
      { path: 'label', from: 'old', to: 'new' },
      { path: 'settings.oauthClient.dpop', from: 'false', to: 'true' },
      { path: 'settings.oauthClient.jwks_uri', to: 'https://a' },
    ]);
  });

  it('are none for a list in another order, and for objects that have more members', () => {
    const found = { scopes: ['b', 'a'], keys: [{ kid: '1', status: 'ACTIVE' }] };
    expect(differences(found, { scopes: ['a', 'b'], keys: [{ kid: '1' }] })).toEqual([]);
    expect(differences(found, { scopes: ['a'] })).toHaveLength(1);
  });

  it('name a key by its id', () => {
    expect(differences({}, { keys: [{ kid: 'k1', n: 'abc' }] })).toEqual([{ path: 'keys', to: '[key k1]' }]);
  });

  it('survive what is no object', () => {
    expect(differences(null, { a: { b: 1 } })).toEqual([{ path: 'a.b', to: '1' }]);
    expect(differences('text', { a: 1 })).toEqual([{ path: 'a', to: '1' }]);
  });
});

describe('what is sent back to Okta', () => {
  it('has everything that was there, with what is desired', () => {
    const found = { label: 'old', settings: { a: 1, list: [1, 2] } };
    expect(overlay(found, { label: 'new', settings: { list: [3] } })).toEqual({
      label: 'new',
      settings: { a: 1, list: [3] },
    });
  });
});
