import { describe, expect, it } from 'vitest';
import { areas, explainRefusal, type RefusedRequest } from '../../../../../local/commands/setup/refusals.ts';

const refused = (given: Partial<RefusedRequest>): RefusedRequest => ({
  ...{ area: 'grants', status: 403, writes: true, ...given },
});

describe('a refusal of Okta', () => {
  it.each([
    [{ status: 403, code: 'E0000006' }, 'Super Administrator'],
    // Okta says "Invalid session" where a right is missing.
    [{ status: 403, code: 'E0000005' }, 'Super Administrator'],
    [{ area: 'groups', status: 403, code: 'E0000006' }, 'Group Administrator'],
    [{ area: 'servers', status: 403, code: 'E0000006' }, 'API Access Management Administrator'],
    [{ status: 403, code: 'insufficient_scope' }, 'okta.appGrants.manage'],
    [{ area: 'servers', status: 401, code: 'E0000015' }, 'API Access Management'],
    [{ area: 'servers', status: 404, code: 'E0000022' }, 'API Access Management'],
    [{ area: 'policies', status: 403, code: 'E0000015' }, 'Identity Engine'],
    [{ status: 401, code: 'E0000011' }, 'API > Tokens'],
    [{ status: 429, code: 'E0000047' }, 'goes on'],
    [{ status: 423, code: 'E0000239' }, 'goes on'],
    [{ status: 502, code: undefined }, 'goes on'],
    [{ area: 'users', status: 400, code: 'E0000080' }, 'password policy'],
    [{ area: 'groups', status: 400, code: 'E0000001', exists: true }, 'in a minute'],
  ] as const)('names what is missing and what to do: %j', (given, says) => {
    const { reason, remedy } = explainRefusal(refused(given));
    expect(`${reason} ${remedy}`).toContain(says);
    expect(reason).toMatch(/\.$/);
    expect(remedy).toMatch(/\.$/);
  });

  it('ends everything only where the credential itself is refused', () => {
    expect(explainRefusal(refused({ status: 401, code: 'E0000011' })).isTotal).toBe(true);
    expect(explainRefusal(refused({ status: 401, code: undefined })).isTotal).toBe(true);
    // API Access Management answers 401 for an org that does not have it.
    expect(explainRefusal(refused({ area: 'servers', status: 401, code: 'E0000015' })).isTotal).toBeUndefined();
    for (const code of ['E0000006', 'E0000015', 'insufficient_scope'])
      expect(explainRefusal(refused({ code })).isTotal).toBeUndefined();
  });

  it('tells an unknown one by its code, and guesses nothing', () => {
    const { reason } = explainRefusal(refused({ status: 400, code: 'E0000999' }));
    expect(reason).toBe('Okta refuses it (400, E0000999).');
  });

  it('has a role and a scope to name in every part of the API', () => {
    for (const { role, scope } of Object.values(areas)) {
      expect(role).toContain('Administrator');
      expect(scope).toMatch(/^okta\.\w+\.(manage|read)$/);
    }
  });
});
