import { describe, expect, it } from 'vitest';
import { setup } from '../../../../local/cli/setup.ts';
import { runCommand } from '../../../support/run-command.ts';

const apiToken = `00${'a'.repeat(40)}`;

describe('a token as the value of a flag', () => {
  it('is refused by npm run setup, and is not repeated', async () => {
    const { code, stdout, stderr } = await runCommand(setup, '--domain', 'acme.okta.com', '--org', apiToken);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('The value of --org looks like a token, which is never an argument: set OKTA_API_TOKEN');
    expect(stderr).not.toContain(apiToken);
  });
});
