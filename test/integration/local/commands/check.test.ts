import { describe, expect, it } from 'vitest';
import { check } from '../../../../local/commands/check.ts';
import { doctor } from '../../../../local/commands/doctor.ts';
import { runCommand } from '../../../support/run-command.ts';

const example = ['--config', 'lib/config/example.jsonc'];
const domain = ['--domain', 'acme.okta.com'];

describe('the command line of npm run check', () => {
  it.each([
    [[...example, '--from', 'mars'], '--from must be one of here, lambda, both.'],
    [[...domain, '--from', 'lambda'], '--domain and --from lambda are mutually exclusive.'],
    [[...domain, '--deployment', 'eu'], '--domain and --deployment are mutually exclusive.'],
    [
      [...example, '--from', 'lambda', '--secrets', 'package.json'],
      '--from lambda and --secrets are mutually exclusive.',
    ],
    [[...example, '--watch', '--repeat', '3'], '--watch and --repeat are mutually exclusive.'],
    [[...example, '--watch', '--junit', 'check.xml'], '--watch and --junit are mutually exclusive.'],
    [[...example, '--watch', '--every', '1s'], '--every must be a time from 10s to 3600s'],
    [[...example, '--watch', '--every', 'often'], "such as 30s or 5m, not 'often'."],
    [[...example, '--every', '30s'], '--every requires --watch.'],
    [[...example, '--prompt'], '--prompt requires --domain.'],
    [[...domain, '--prompt'], '--prompt asks on a terminal, and there is none'],
    [[...domain, '--token', '--watch'], '--token and --watch are mutually exclusive.'],
  ])('ends with 2 for %j', async (args, says) => {
    const { code, stdout, stderr } = await runCommand(check, ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  it('says in its help which variables of the network it obeys', async () => {
    const { stdout } = await runCommand(check, '--help');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('HTTPS_PROXY, NO_PROXY and NODE_EXTRA_CA_CERTS are obeyed');
  });
});

describe('the command line of npm run doctor', () => {
  it.each([
    [[...example, ...domain], '--domain and --config are mutually exclusive.'],
    [[...domain, '--org', 'acme'], '--domain and --org are mutually exclusive.'],
  ])('ends with 2 for %j', async (args, says) => {
    const { code, stderr } = await runCommand(doctor, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
