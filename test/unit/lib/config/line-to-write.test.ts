import { describe, expect, it } from 'vitest';
import { problemsOf, problemsOfOrg } from '../../../support/problems-of.ts';

const orgs = [{ name: 'acme', domain: 'acme.okta.com' }];

describe('a value of the wrong type is refused with the line to write', () => {
  it.each([
    [{ alerts: { pages: ['a@b.ch'] } }, '{ "email": "a@b.ch" }'],
    [{ alerts: { pages: ['a@b.c'] } }, '{ "email": … }'],
    [{ alerts: { tickets: ['https://hooks.example.com/a'] } }, '{ "https": "https://hooks.example.com/a" }'],
    [{ alerts: { pages: 'a@b.ch' } }, '"pages": [{ "email": "a@b.ch" }]'],
    [{ alerts: { pages: { email: 'a@b.ch' } } }, '"pages": [{ … }]'],
    [{ intervalMinutes: 1 }, '"intervalMinutes": { "flows": 1 }'],
    [{ statusPage: 'https://status.example.com' }, '"statusPage": { "page": "https://status.example.com" }'],
    [{ logRetentionDays: '30' }, undefined],
    [{ orgs: 'acme.okta.com' }, '"orgs": [{ "name": …, "domain": "acme.okta.com" }]'],
    [{ orgs: ['acme.okta.com'] }, '{ "name": …, "domain": "acme.okta.com" }'],
    [{ orgs: orgs[0] }, '"orgs": [{ … }]'],
  ])('%j', (more, line) => {
    const text = problemsOf({ orgs, ...more }).join('\n');
    if (line === undefined) expect(text).not.toContain(' Write ');
    else expect(text).toContain(`. Write ${line}.`);
  });

  it.each([
    [{ servers: 'default' }, '"servers": [{ "id": "default" }]'],
    [{ servers: ['default'] }, '{ "id": "default" }'],
    [{ servers: [{ id: 'default', scopes: 'a b' }] }, '"scopes": ["a", "b"]'],
    [{ intervalMinutes: 2 }, '"intervalMinutes": { "flows": 2 }'],
    [{ health: true }, '"health": {}'],
    [{ systemLog: true }, '"systemLog": {}'],
    [{ negativeTests: 'yes' }, '"negativeTests": true'],
    [{ timeoutMs: '5000' }, '"timeoutMs": 5000'],
    [{ service: '0oaCanary' }, '"service": { "clientId": …, "secret": … }'],
    [{ user: 'canary@acme.com' }, '"user": { "login": …, "secret": … }'],
  ])('of an org: %j', (more, line) => {
    expect(problemsOfOrg(more).join('\n')).toContain(`. Write ${line}.`);
  });

  it.each([[{ api: { token: '00canary' } }], [{ service: 'canary' }], [{ api: 'canary' }]])(
    'and a value that may be a secret is not repeated: %j',
    (more) => {
      expect(problemsOfOrg(more).join('\n')).not.toContain('canary');
    },
  );
});
