import { describe, expect, it } from 'vitest';
import { signInByDevice } from '../../../../../local/commands/setup/device-sign-in.ts';

const origin = 'https://acme.okta.com';
const begun = { device_code: 'd', user_code: 'ABCD-EFGH', verification_uri: `${origin}/activate`, expires_in: 600 };

/** What an administrator is shown, and how often the token is asked for, where the answers are these. */
async function signIn(answer: object, poll: object = { error: 'access_denied' }) {
  const shown: string[] = [];
  let polls = 0;
  const signedIn = signInByDevice({
    ...{ origin, clientId: '0oa1', show: (text: string) => shown.push(text), wait: async () => {} },
    async fetch(url) {
      if (url.endsWith('/device/authorize')) return Response.json({ ...begun, ...answer });
      polls += 1;
      return Response.json(poll, { status: 400 });
    },
  });
  const message = await signedIn.then(
    () => 'signed in',
    (error: Error) => error.message,
  );
  return { shown: shown.join('\n'), polls, message };
}

describe('the page that an administrator is sent to', () => {
  it.each([
    { verification_uri: 'https://acme.okta.com.evil.example/activate' },
    { verification_uri: 'http://acme.okta.com/activate' },
    { verification_uri: 'https://acme.okta.com:8443/activate' },
    { verification_uri: 'https://acme.okta.com@evil.example/activate' },
    { verification_uri: 'https://user:word@acme.okta.com/activate' },
    { verification_uri: 'javascript:alert(1)' },
    { verification_uri_complete: 'https://evil.example/activate?user_code=ABCD' },
    { verification_uri: 'https://evil.example/', verification_uri_complete: `${origin}/activate?user_code=ABCD` },
    { user_code: 'ABCD\u001b[2J' },
    { user_code: 'ABCD\nNow open https://evil.example' },
  ])('is the org itself, with a code that can be typed, or is not shown: %j', async (answer) => {
    const { shown, polls, message } = await signIn(answer);
    expect([shown, polls]).toEqual(['', 0]);
    expect(message).toContain('names no page of acme.okta.com');
    expect(message).not.toContain('evil');
  });

  it('is shown with its characters encoded', async () => {
    const complete = `${origin}/activate?user_code=ABCD\u001b[31m\u202e`;
    const { shown } = await signIn({ verification_uri_complete: complete });
    expect(shown).toContain('Open https://acme.okta.com/activate?user_code=ABCD%1B[31m%E2%80%AE and sign in');
  });
});

describe('the answers while the command waits', () => {
  it('are not repeated if their error is no code', async () => {
    const { message } = await signIn({}, { error: 'x\u001b[31m your password?' });
    expect(message).toBe('The sign-in failed (no answer of Okta): nothing was done.');
  });

  it('cannot keep it waiting for longer than half an hour', async () => {
    const pending = { error: 'authorization_pending' };
    const { polls, message } = await signIn({ expires_in: 1e9, interval: 0.001 }, pending);
    expect(polls).toBe(1_800);
    expect(message).toContain('The code expired before');
  });
});
