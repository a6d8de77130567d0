import { describe, expect, it } from 'vitest';
import { health } from '../../../../../functions/probes/index.ts';
import {
  defaultLogin,
  defaultRedirectUri,
  markOf,
  nameOf,
  oktaScopes,
  scopeName,
  secretName,
} from '../../../../../local/commands/setup/settings.ts';

const names = { deployment: 'okta-synthetics', org: 'acme' };

describe('what a set-up asks for', () => {
  it('has the scopes of each health check, each with what it is for, and writes nothing', () => {
    const granted = oktaScopes({ systemLog: true, health: true });
    const needed = new Set(health.flatMap(({ apiScopes }) => apiScopes?.anyOf ?? []));
    expect([...needed].filter((scope) => !granted.some((each) => each.scope === scope))).toEqual([]);
    expect(granted.every(({ scope, purpose }) => scope.endsWith('.read') && purpose !== '')).toBe(true);
  });

  it('is the least without them', () => {
    expect(oktaScopes({ systemLog: false, health: false }).map(({ scope }) => scope)).toEqual(['okta.users.read']);
  });

  it('has other names in another deployment, so that two never share anything', () => {
    const staging = { ...names, deployment: 'staging' };
    for (const name of [markOf, nameOf, scopeName, defaultLogin]) expect(name(names)).not.toBe(name(staging));
    expect(secretName(names, 'web')).not.toBe(secretName(staging, 'web'));
  });

  it('has a login without mail, a redirect where nobody listens, and no scope that Okta reserves', () => {
    expect(defaultLogin(names)).toMatch(/@example\.com$/);
    expect(new URL(defaultRedirectUri).hostname).toMatch(/\.invalid$/);
    expect(scopeName(names)).not.toMatch(/^okta/);
  });
});
