import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../../../../functions/findings/finding.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import { confirmCommands } from '../../../../functions/notify/confirm-commands.ts';
import { at, exchange, outcome } from '../../../support/log-of.ts';

const time = at('12:00');

/** The commands about a finding at a target whose last request went to this path. */
function commandsAbout(code: FindingCode, target: string, path: string | undefined, more: Partial<Exchange> = {}) {
  const exchanges = path === undefined ? [] : [exchange(time, path, more)];
  return confirmCommands(code, outcome(time, target, code, { exchanges }).line);
}

describe('the commands that confirm a finding', () => {
  it.each([
    ['organization', '/.well-known/okta-organization', 'curl -i https://acme.okta.com/.well-known/okta-organization'],
    ['keys@org', '/oauth2/v1/keys', 'curl -i https://acme.okta.com/oauth2/v1/keys'],
    [
      'discovery@aus1',
      '/oauth2/aus1/.well-known/openid-configuration',
      'curl -i https://acme.okta.com/oauth2/aus1/.well-known/openid-configuration',
    ],
  ])('repeat the request of %s', (target, path, command) => {
    expect(commandsAbout('internal-error', target, path)).toEqual([
      command,
      `npm run check -- --org acme --probe ${target}`,
    ]);
  });

  it.each([
    ['client_secret_basic', '-u "$CLIENT_ID:$CLIENT_SECRET"'],
    ['client_secret_post', '--data-urlencode "client_secret=$CLIENT_SECRET"'],
    ['private_key_jwt', '--data-urlencode "client_assertion=$CLIENT_ASSERTION"'],
    [undefined, '--data-urlencode "client_assertion=$CLIENT_ASSERTION"'],
  ] as const)('authenticate as the client did, with %s', (authentication, credentials) => {
    const more = authentication ? { authentication } : {};
    const [token = ''] = commandsAbout('client-refused', 'token@default', '/oauth2/default/v1/token', more);
    expect(token).toMatch(
      /^curl -i https:\/\/acme\.okta\.com\/oauth2\/default\/v1\/token -d grant_type=client_credentials /,
    );
    expect(token.endsWith(credentials)).toBe(true);
    const [introspect = ''] = commandsAbout('token-inactive', 'introspect@org', '/oauth2/v1/introspect', more);
    expect(introspect).toContain('--data-urlencode "token=$ACCESS_TOKEN" -d token_type_hint=access_token');
    expect(introspect.endsWith(credentials)).toBe(true);
  });

  it('send a credential to the management API, and never ask it for secrets', () => {
    const at = (path: string) =>
      commandsAbout('health-unread', 'agents', path, { authentication: 'api_token' }).filter((each) =>
        /^curl/.test(each),
      );
    expect(at('/api/v1/agentPools')).toEqual([
      'curl -i https://acme.okta.com/api/v1/agentPools -H "Authorization: SSWS $API_TOKEN"',
    ]);
    expect(at('/api/v1/apps/0oa1/credentials/secrets')).toEqual([]);
  });

  it('send a token to an API of your own, whichever path of Okta it has', () => {
    const more = { ofResource: true, authentication: 'access_token' } as const;
    const [command] = commandsAbout('resource-refused', 'resource@default', '/api/v1/users', more);
    expect(command).toBe('curl -i https://acme.okta.com/api/v1/users -H "Authorization: Bearer $ACCESS_TOKEN"');
  });

  it('never repeat a sign-in, which would send the password of a user who may be locked', () => {
    for (const code of ['user-password-refused', 'user-locked', 'sign-in-undecided', 'gateway-error'] as const)
      expect(commandsAbout(code, 'sign-in', '/idp/idx/challenge/answer')).toEqual([]);
  });

  it('send the parameters of a sign-in', () => {
    const [command = ''] = commandsAbout('redirect-uri-refused', 'authorize@org', '/oauth2/v1/authorize');
    for (const parameter of [
      'response_type=code',
      'prompt=none',
      'client_id=$CLIENT_ID',
      'redirect_uri=$REDIRECT_URI',
    ]) {
      expect(command).toContain(parameter);
    }
  });

  it.each([
    ['api_token', 'Authorization: SSWS $API_TOKEN'],
    ['access_token', 'Authorization: Bearer $ACCESS_TOKEN'],
  ] as const)('call the management API with %s', (authentication, header) => {
    const [command] = commandsAbout('api-token-refused', 'rate-limits', '/api/v1/users', { authentication });
    expect(command).toBe(`curl -i https://acme.okta.com/api/v1/users -G -d limit=1 -H "${header}"`);
  });

  it('send a proof where the monitor did (DPoP)', () => {
    const bound = { authentication: 'access_token', proof: true } as const;
    const [users] = commandsAbout('access-token-refused', 'rate-limits', '/api/v1/users', bound);
    expect(users).toBe(
      'curl -i https://acme.okta.com/api/v1/users -G -d limit=1 -H "Authorization: DPoP $ACCESS_TOKEN" -H "DPoP: $DPOP_PROOF"',
    );
    const token = commandsAbout('dpop-proof-refused', 'token@org', '/oauth2/v1/token', { proof: true });
    expect(token[0]).toMatch(/ -H "DPoP: \$DPOP_PROOF"$/);
  });

  it.each(['__proto__', 'constructor', 'toString'])('are told for a probe that the log calls %s', (probe) => {
    const [command] = commandsAbout('internal-error', probe, '/oauth2/v1/token');
    expect(command).toContain('-d grant_type=client_credentials');
  });

  it('push what an application pushes (PAR)', () => {
    const basic = { authentication: 'client_secret_basic' } as const;
    const [command = ''] = commandsAbout('redirect-uri-refused', 'single-sign-on@org', '/oauth2/v1/par', basic);
    expect(command).toContain(' -d response_type=code ');
    expect(command).not.toContain(' -G');
    expect(command.match(/\$\w+/g)).toEqual(['$SCOPE', '$REDIRECT_URI', '$CLIENT_ID', '$CLIENT_SECRET']);
  });

  it('send what a negative test sends', () => {
    const token = commandsAbout('negative-test-failed', 'refuses-custom-scope', '/oauth2/v1/token');
    expect(token[0]).toContain('-d scope=okta-synthetics.negative-test');
    const authorize = commandsAbout('negative-test-failed', 'refuses-unknown-redirect-uri', '/oauth2/v1/authorize');
    expect(authorize[0]).toContain('-d redirect_uri=https://okta-synthetics.invalid/callback');
  });

  it('fetch a token and show its claims if a probe judged the token of another one', () => {
    const { line } = outcome(time, 'verify@default', 'audience-mismatch', { exchanges: [] });
    const token = outcome(time, 'token@default', 'passed').line;
    expect(confirmCommands('audience-mismatch', line, [token])).toEqual([
      expect.stringMatching(/^curl -s https:\/\/acme\.okta\.com\/oauth2\/default\/v1\/token .*\| jq -r /),
      'npm run check -- --org acme --probe verify@default',
    ]);
  });

  it('show the keys if a probe could not find the key of a token among them', () => {
    const [command] = commandsAbout('signing-key-unpublished', 'verify@default', '/oauth2/default/v1/keys');
    expect(command).toBe('curl -i https://acme.okta.com/oauth2/default/v1/keys');
  });

  it.each([
    ['dns-not-resolved', 'dig +short acme.okta.com; dig +short acme.okta.com @1.1.1.1'],
    ['connection-refused', 'nc -vz acme.okta.com 443'],
    ['certificate-expires-now', expect.stringContaining('openssl s_client -connect acme.okta.com:443 ')],
  ] as const)('about %s look below HTTP', (code, command) => {
    expect(commandsAbout(code, 'organization', '/.well-known/okta-organization')[0]).toEqual(command);
  });

  it('measure the time if a finding is about that', () => {
    expect(commandsAbout('slow-answer', 'keys@org', '/oauth2/v1/keys')[0]).toBe(
      'curl -so /dev/null -w "%{http_code} %{time_starttransfer}\\n" https://acme.okta.com/oauth2/v1/keys',
    );
  });

  it('fill no unusual URL or name into what people paste into a shell', () => {
    const { line } = outcome(time, 'keys@org', 'malformed-answer');
    const exchanges = line.exchanges.map((each) => ({ ...each, url: 'https://acme.okta.com/$(reboot)' }));
    expect(confirmCommands('malformed-answer', { ...line, exchanges })).toEqual([
      'npm run check -- --org acme --probe keys@org',
    ]);
    expect(confirmCommands('malformed-answer', { ...line, org: '$(reboot)', exchanges })).toEqual([]);
  });

  it('name only placeholders, whatever the finding', () => {
    const [command = ''] = commandsAbout('client-refused', 'token@default', '/oauth2/default/v1/token');
    expect(command.match(/\$\w+/g)).toEqual(['$SCOPE', '$CLIENT_ID', '$CLIENT_ASSERTION']);
  });
});
