import { describe, expect, it } from 'vitest';
import { signInAtIdentityEngine } from '../../../../functions/journey/identity-engine.ts';

const origin = 'https://acme.okta.com';
const remediation = (name: string, path: string, ...fields: readonly string[]) => ({
  remediation: {
    value: [{ name, href: `${origin}/idp/idx/${path}`, value: fields.map((field) => ({ name: field })) }],
  },
});
const identify = remediation('identify', 'identify', 'identifier');
const challenge = (key: string) => ({
  ...remediation('challenge-authenticator', 'challenge/answer', 'credentials'),
  currentAuthenticator: { value: { key } },
});
const success = { success: { href: `${origin}/login/token/redirect` } };

/** Signs in with an API that gives these answers in turn. Returns what was sent, and the methods or the finding. */
async function signInWith(...answers: readonly object[]) {
  const left = [...answers];
  const sent: unknown[] = [];
  const page = { url: '', status: 200, location: null, body: `"stateToken":"${'t'.repeat(20)}"` };
  const signingIn = signInAtIdentityEngine({
    ...{ authorizeUrl: `${origin}/oauth2/v1/authorize`, login: 'probe@example.com', browse: async () => page },
    async fetch(_, { body } = {}) {
      sent.push(JSON.parse(String(body)).credentials);
      return Response.json({ version: '1.0.0', stateHandle: '02.id', ...left.shift() });
    },
    proof: { password: async () => 'password', code: async () => '123456' },
  });
  const ended = await signingIn.then(
    ({ methods }) => methods,
    (error: unknown) => Object(error).code,
  );
  return { ended, sent: sent.filter((credentials) => credentials !== undefined) };
}

it('a notice that the user is unknown is a refusal, though the page goes on', async () => {
  const notice = {
    message: 'There is no account with the Username.',
    i18n: { key: 'idx.unknown.user' },
    class: 'INFO',
  };
  const { ended } = await signInWith(identify, { ...identify, messages: { value: [notice] } });
  expect(ended).toBe('user-password-refused');
});

describe('a sign-in at Identity Engine that asks for one authenticator after the other', () => {
  it('gets the password for the first challenge and the code for the second', async () => {
    const { ended, sent } = await signInWith(identify, challenge('okta_password'), challenge('google_otp'), success);
    expect(ended).toEqual(['pwd', 'otp']);
    expect(sent).toEqual([{ passcode: 'password' }, { passcode: '123456' }]);
  });

  it.each([
    ['okta_password', 'user-password-refused', 1],
    ['google_otp', 'factor-refused', 2],
  ])('answers the challenge of %s once: another one is a refusal', async (key, finding, count) => {
    const before = key === 'okta_password' ? [] : [challenge('okta_password')];
    const { ended, sent } = await signInWith(identify, ...before, challenge(key), challenge(key), success);
    expect([ended, sent.length]).toEqual([finding, count]);
  });
});
