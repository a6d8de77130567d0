import { describe, expect, it } from 'vitest';
import { diagnose } from '../../../../functions/findings/diagnose.ts';
import type { FindingCode } from '../../../../functions/findings/finding.ts';
import { UnexpectedResponse } from '../../../../functions/findings/probe-failure.ts';
import { signInAtIdentityEngine } from '../../../../functions/journey/identity-engine.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import type { Server } from '../../../../functions/model/org.ts';
import { parseCallbackError, parseOktaError } from '../../../../functions/okta/okta-error.ts';
import { fullOrg } from '../../../support/full-org.ts';
import { readFixture } from '../../../support/read-fixture.ts';

/** An answer of Okta that people have reported, and the finding for the cause that they found. */
interface Reported {
  readonly code: FindingCode;
  readonly shape: 'oauth' | 'envelope' | 'callback' | 'challenge' | 'page' | 'idx';
  readonly path: string;
  readonly status: number;
  readonly error?: string;
  readonly text: string;
  readonly scopes?: readonly string[];
  /** The web application asked, and not the service. */
  readonly client?: 'web';
  readonly api?: 'client';
  /** Whether the answer of the sign-in has a state handle. */
  readonly handle?: boolean;
}

const reported = readFixture<Reported>('okta-texts.jsonl');

/** The headers and the body of an answer. */
const wire: Readonly<Record<Reported['shape'], (answer: Reported) => readonly [Record<string, string>, string]>> = {
  oauth: ({ error, text }) => [{}, JSON.stringify({ error, error_description: text })],
  envelope: ({ error, text }) => [{}, JSON.stringify({ errorCode: error, errorSummary: text, errorCauses: [] })],
  challenge: ({ error, text }) => [{ 'www-authenticate': `Bearer error="${error}", error_description="${text}"` }, ''],
  page: ({ text }) => [{ 'content-type': 'text/html' }, `<h1>Error</h1><p>${text.replaceAll('\n', '</p><p>')}</p>`],
  callback: () => [{}, ''],
  idx: ({ error, text, handle = true }) => [
    {},
    JSON.stringify({
      ...{ version: '1.0.0', ...(handle && { stateHandle: 'handle' }) },
      messages: { value: [{ message: text, i18n: { key: error }, class: 'ERROR' }] },
    }),
  ],
};

async function codeOf(answer: Reported): Promise<string | undefined> {
  const { shape, path, status, error = '', text, scopes = ['okta.users.read'], client, api } = answer;
  const [headers, body] = wire[shape](answer);
  const parameters = new URLSearchParams({ error, error_description: text });
  const exchange: Exchange = {
    ...{ method: 'POST', url: `https://acme.okta.com${path}`, at: '', phases: {}, status, requestId: 'request' },
    ...(status >= 400 && { error: parseOktaError(new Headers(headers), body) }),
  };
  const [template] = fullOrg.servers;
  const server: Server = {
    ...{ id: path.startsWith('/oauth2/default') ? 'default' : 'org', issuer: 'https://acme.okta.com' },
    web: { clientId: 'web', redirectUri: 'https://app.example.com/', scopes: ['openid'] },
    ...(template?.service && { service: { ...template.service, scopes } }),
  };
  const org =
    api === undefined
      ? fullOrg
      : { ...fullOrg, api: { kind: api, clientId: 'api', secret: 'api', scopes: ['okta.users.read'] } };
  const thrown =
    shape === 'idx'
      ? await signInAnsweredBy(body, status)
      : new UnexpectedResponse(...(shape === 'callback' ? [parseCallbackError(parameters)] : []));
  return diagnose(thrown, [exchange], { org, server, ...(client && { client }) })?.code;
}

/** The error of a sign-in whose first step gets this answer. */
function signInAnsweredBy(body: string, status: number): Promise<unknown> {
  const page = { url: '', status: 200, location: null, body: '<script>var stateToken = "0123456789abcdef";</script>' };
  const signIn = signInAtIdentityEngine({
    ...{ authorizeUrl: 'https://acme.okta.com/oauth2/v1/authorize', login: 'user', browse: async () => page },
    fetch: async () => new Response(body, { status }),
    proof: { password: async () => 'password', code: async () => '000000' },
  });
  return signIn.catch((error: unknown) => error);
}

describe('the answers of Okta that people report', () => {
  it.each(reported)('mean $code: $status $error $text ($shape at $path)', async ({ code, ...answer }) => {
    expect(await codeOf({ code, ...answer })).toBe(code);
  });

  it('are compared with the scopes that the challenge demands', () => {
    const server: Server = {
      ...{ id: 'org', issuer: 'https://acme.okta.com' },
      web: { clientId: 'web', redirectUri: 'https://app.example.com/', scopes: ['openid'] },
    };
    const comparisonOf = (scope: string) => {
      const header = `Bearer realm="x", error="insufficient_scope", scope="${scope}"`;
      const exchange: Exchange = {
        ...{ method: 'GET', url: 'https://acme.okta.com/oauth2/v1/userinfo', at: '', phases: {}, status: 403 },
        error: parseOktaError(new Headers({ 'www-authenticate': header }), ''),
        requestId: 'request',
      };
      return diagnose(new UnexpectedResponse(), [exchange], { org: fullOrg, server })?.comparisons?.[0];
    };
    expect(comparisonOf('profile email')).toEqual({
      ...{ name: 'scopes of the token', expected: 'profile email', found: 'openid' },
    });
    expect(comparisonOf('openid')?.found).toBe('requested, and yet refused');
    expect(comparisonOf('Jane 7f3a')?.expected).toBe('openid');
  });

  it('are compared with the web application if it asked at the token endpoint', () => {
    const [server] = fullOrg.servers;
    if (!server) throw new Error('no server');
    const error = { shape: 'oauth', error: 'invalid_client' } as const;
    const exchange: Exchange = {
      ...{ method: 'POST', url: 'https://acme.okta.com/oauth2/v1/token', at: '', phases: {}, status: 401, error },
    };
    const clientOf = (client: 'web' | 'service') =>
      diagnose(new UnexpectedResponse(), [{ ...exchange, requestId: 'request' }], { org: fullOrg, server, client })
        ?.comparisons?.[0]?.expected;
    expect([clientOf('web'), clientOf('service')]).toEqual(['web', 'service']);
  });
});
