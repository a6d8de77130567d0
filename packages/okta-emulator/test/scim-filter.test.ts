import { describe, expect, it } from 'vitest';
import { FilterError, parseFilter } from '../src/scim-filter.ts';

const item = {
  status: 'ACTIVE',
  lastUpdated: '2024-01-15T09:30:00.000Z',
  profile: { login: 'monitor@example.com', nickName: null, quoted: 'a "b" (c)' },
  target: [{ type: 'User' }, { type: 'AppInstance' }],
};

describe('a filter', () => {
  it.each([
    'status eq "ACTIVE"',
    'status EQ "active"',
    'status ne "SUSPENDED"',
    'profile.login sw "monitor"',
    'profile.login ew ".com"',
    'profile.login co "@example"',
    'profile.login pr',
    'not (profile.nickName pr)',
    'profile.quoted eq "a \\"b\\" (c)"',
    'lastUpdated gt "2024-01-01T00:00:00.000Z" and lastUpdated le "2024-01-15T09:30:00.000Z"',
    'status eq "SUSPENDED" or (status eq "ACTIVE" and profile.login pr)',
    'status eq "SUSPENDED" and status eq "ACTIVE" or profile.login pr',
    'target.type eq "AppInstance"',
  ])('%s selects the item', (expression) => {
    expect(parseFilter(expression)(item)).toBe(true);
  });

  it.each([
    'status eq "SUSPENDED"',
    'profile.nickName eq "null"',
    'nowhere.at.all pr',
    'status eq "ACTIVE" and not profile.login pr',
    'target.type eq "Group"',
    'lastUpdated lt "2024-01-01T00:00:00.000Z"',
  ])('%s does not select the item', (expression) => {
    expect(parseFilter(expression)(item)).toBe(false);
  });

  it.each([
    '',
    'status',
    'status eq',
    'status is "ACTIVE"',
    '(status pr',
    'status pr)',
    'status eq "ACTIVE',
    'status pr status pr',
  ])('"%s" is refused', (expression) => {
    expect(() => parseFilter(expression)).toThrow(FilterError);
  });
});
