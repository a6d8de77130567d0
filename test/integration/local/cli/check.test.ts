import { describe, expect, it } from 'vitest';
import { check } from '../../../../local/cli/check.ts';
import { doctor } from '../../../../local/cli/doctor.ts';
import { runCommand } from '../../../support/run-command.ts';

const example = ['--config', 'lib/config/example.jsonc'];
const domain = ['--domain', 'acme.okta.com'];

describe('the command line of npm run check', () => {
  it.each([
    [[...example, '--from', 'mars'], '--from must be one of here, lambda, both.'],
    [[...domain, '--from', 'lambda'], '--from lambda asks what is deployed: it needs its --config.'],
    [[...example, '--from', 'lambda', '--secrets', 'package.json'], '--secrets is for this machine'],
    [[...example, '--watch', '--repeat', '3'], '--watch has no end, so it has no --repeat.'],
    [[...example, '--watch', '--junit', 'check.xml'], '--watch has no end, so it has no --junit.'],
    [[...example, '--watch', '--every', '1s'], '--every must be a time from 10s to 3600s'],
    [[...example, '--watch', '--every', 'often'], "such as 30s or 5m, not 'often'."],
    [[...example, '--every', '30s'], '--every belongs to --watch.'],
    [[...example, '--prompt'], '--prompt belongs to --domain.'],
    [[...domain, '--prompt'], '--prompt asks on a terminal, and there is none'],
    [[...domain, '--token', '--watch'], '--watch is about probes: it does not go with --token.'],
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
    [[...example, ...domain], '--config and --domain are two ways: use one.'],
    [[...domain, '--org', 'acme'], '--org belongs to --config.'],
  ])('ends with 2 for %j', async (args, says) => {
    const { code, stderr } = await runCommand(doctor, ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(says);
  });
});
