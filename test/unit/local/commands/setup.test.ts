import { describe, expect, it } from 'vitest';
import { setup } from '../../../../local/commands/setup.ts';
import { runCommand, tooLong } from '../../../support/run-command.ts';

/** All of these end before anything is asked or sent. */
describe('the command line of npm run setup', () => {
  it.each([
    [[], '--domain is required'],
    [['--domain', 'https://acme.okta.com'], 'without https://'],
    [['--domain', 'acme-admin.okta.com'], 'Admin Console'],
    [['--domain', 'acme.okta.com', '--rotate', '--remove'], '--rotate and --remove are mutually exclusive.'],
    [['--domain', 'acme.okta.com', '--server', 'My server'], '--server'],
    [['--domain', 'acme.okta.com', '--login', 'nobody'], '--login'],
    [['--domain', 'acme.okta.com', '--login', 'a b@example.com'], '--login'],
    [['--domain', 'acme.okta.com'], 'no terminal'],
  ])('is refused: %j', async (flags, says) => {
    const { code, stdout, stderr } = await runCommand(setup, ...flags);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
  });

  it('repeats no secret that was given as an argument', async () => {
    const { code, stderr } = await runCommand(setup, '--domain', 'acme.okta.com', '00canaryToken');
    expect(code).toBe(2);
    expect(stderr).not.toContain('canary');
  });

  it('explains itself on 80 columns', async () => {
    const { code, stdout } = await runCommand(setup, '--help');
    expect(code).toBe(0);
    expect(tooLong(stdout, 80)).toEqual([]);
  });
});
