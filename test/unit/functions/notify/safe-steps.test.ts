import { describe, expect, it } from 'vitest';
import type { FindingDefinition } from '../../../../functions/findings/definition.ts';
import { type FindingCode, findings } from '../../../../functions/findings/finding.ts';
import { confirmCommands } from '../../../../functions/notify/confirm-commands.ts';
import { probes } from '../../../../functions/probes/index.ts';
import { at, exchange, outcome } from '../../../support/log-of.ts';

const time = at('12:00');
const codes = Object.keys(findings) as FindingCode[];
const paths = [
  '/oauth2/default/v1/token',
  '/oauth2/default/v1/authorize',
  '/idp/idx/challenge/answer',
  '/api/v1/users',
];

/** Every command that a message about a finding may have, whichever probe reported it for whichever request. */
function commandsAbout(code: FindingCode, probeIds: readonly string[] = probes.map(({ id }) => id)) {
  return probeIds.flatMap((probe) =>
    paths.flatMap((path) =>
      confirmCommands(code, outcome(time, `${probe}@default`, code, { exchanges: [exchange(time, path)] }).line),
    ),
  );
}

const definitionOf = (code: FindingCode): FindingDefinition => findings[code];

/** The findings after which another request, or another sign-in, does harm. */
const usedUp = codes.filter((code) => findings[code].domain === 'quota' && code !== 'headroom-unknown');
const ofTheTestUser = codes.filter((code) =>
  /^(user-(password|locked)|factor-|sign-in-(denied|blocked)|captcha-|one-time-code-)/.test(code),
);

describe('the steps of a message', () => {
  it.each(usedUp)('spend nothing of a limit that is used up: %s', (code) => {
    expect(commandsAbout(code)).toEqual([]);
    expect(findings[code].verify).not.toMatch(/^curl/);
  });

  it.each(ofTheTestUser)('do not send the credentials of the test user again: %s', (code) => {
    expect(commandsAbout(code)).toEqual([]);
    expect(definitionOf(code).remedy.join()).not.toMatch(/\b(sign|log) in as\b/i);
  });

  it.each(codes)('never sign in again after a sign-in that failed: %s', (code) => {
    expect(commandsAbout(code, ['sign-in']).filter((command) => !command.startsWith('curl'))).toEqual(
      commandsAbout(code, ['sign-in']).filter((command) => /^(dig|nc|openssl|aws) /.test(command)),
    );
    expect(commandsAbout(code).join()).not.toMatch(/password|passcode/i);
  });

  it('repeat nothing that its definition says is worsened by it', () => {
    const worsened = codes.filter((code) => definitionOf(code).isWorsenedByRepeating);
    expect(worsened.toSorted()).toEqual([...usedUp, ...ofTheTestUser].toSorted());
  });

  it.each(codes)('write nothing to Okta or AWS: %s', (code) => {
    for (const command of commandsAbout(code)) {
      expect(command).not.toMatch(/\s(-X|--request) (POST|PUT|DELETE|PATCH)/);
      if (command.startsWith('aws ')) expect(command).toMatch(/^aws [a-z]+ (tail|describe|get)\b/);
    }
  });
});
