import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  formatDone,
  formatPlan,
  formatRotation,
  formatUnwatched,
  hasChanges,
} from '../../../../../local/commands/reporters/setup.ts';
import type { Step } from '../../../../../local/commands/setup/plan.ts';
import type { Resource } from '../../../../../local/commands/setup/resource.ts';
import type { Settings } from '../../../../../local/commands/setup/settings.ts';
import { tooLong } from '../../../../support/run-command.ts';

const resource = (changes: Partial<Resource> = {}) =>
  ({
    ...{ id: 'group', kind: 'group', name: 'okta-synthetics acme', purpose: 'has the test user as its only member' },
    ...{ without: 'Everything but the sign-in of a test user works.', needs: [], ...changes },
  }) as unknown as Resource;

const step = (action: Step['action'], changes: Partial<Step> = {}): Step => ({
  ...{ resource: resource(), action, differences: [], ...changes },
});

const plain = (text: string) => stripVTControlCharacters(text);

describe('a plan of a set-up', () => {
  it('says what is to be done and why, and counts what stays', () => {
    const differences = [
      { path: 'profile.description', from: 'old', to: 'new' },
      { path: 'profile.name', to: 'x' },
    ];
    const text = plain(formatPlan([step('create'), step('update', { differences }), step('keep'), step('keep')]));
    expect(text).toBe(
      [
        '+ group: okta-synthetics acme',
        '    has the test user as its only member',
        '~ group: okta-synthetics acme',
        '    profile.description: old → new',
        '    profile.name: x',
        '',
        'Plan: 1 to create, 1 to update, 2 as they are.',
        '',
      ].join('\n'),
    );
  });

  it('says why something cannot be made, what to do, and what works without it', () => {
    const text = plain(formatPlan([step('cannot', { reason: 'A right is missing.', remedy: 'Get it.' })]));
    expect(text).toContain(
      '! group: okta-synthetics acme\n    A right is missing.\n    Get it.\n    Without it: Everything',
    );
    expect(text).toContain('Plan: 1 that cannot be made.');
  });

  it('fits on a terminal, whatever the names', () => {
    const long = resource({ name: `/a/${'long/'.repeat(30)}my.jsonc`, removal: 'delete '.repeat(30).trim() });
    const differences = [{ path: 'servers', from: 'a'.repeat(200), to: 'b '.repeat(100) }];
    const steps = (['create', 'update', 'delete', 'cannot'] as const).map((action) =>
      step(action, { resource: long, differences, reason: 'c '.repeat(100), remedy: 'd' }),
    );
    expect(tooLong(plain(formatPlan(steps)), 80)).toEqual([]);
    expect(tooLong(plain(formatRotation(['okta-synthetics acme service'])), 80)).toEqual([]);
  });

  it('has changes only if something is made, changed or deleted', () => {
    expect(hasChanges([step('keep'), step('cannot')])).toBe(false);
    for (const action of ['create', 'update', 'delete'] as const) expect(hasChanges([step(action)])).toBe(true);
  });

  it('says what is not watched without each option that was not chosen', () => {
    const settings = (chosen: Partial<Settings>) => ({ systemLog: false, health: false, ...chosen }) as Settings;
    const text = plain(formatUnwatched(settings({})));
    for (const option of ['--system-log', '--test-user', '--health'])
      expect(text).toContain(`Without ${option}, not watched: `);
    expect(tooLong(text, 80)).toEqual([]);
    expect(plain(formatUnwatched(settings({ systemLog: true, login: 'a@b.c' })))).toMatch(/^Without --health, /);
    expect(formatUnwatched(settings({ systemLog: true, login: 'a@b.c', health: true }))).toBe('');
  });

  it('ends with what was done, and the next command', () => {
    expect(plain(formatDone([step('create'), step('keep')], 'Next: npm run check'))).toBe(
      'Done: 1 created, 1 as they were.\nNext: npm run check\n',
    );
  });
});
