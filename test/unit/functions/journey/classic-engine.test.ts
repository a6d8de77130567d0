import { expect, it } from 'vitest';
import type { FindingCode } from '../../../../functions/findings/finding.ts';
import { signInAtClassicEngine } from '../../../../functions/journey/classic-engine.ts';

/** The finding of a sign-in at whose password Okta answers with an error. */
async function findingOf(errorCode: string): Promise<unknown> {
  const body = JSON.stringify({ errorCode, errorSummary: '', errorId: 'oae1', errorCauses: [] });
  const signingIn = signInAtClassicEngine({
    ...{ authorizeUrl: 'https://acme.okta.com/oauth2/v1/authorize', login: 'probe@example.com' },
    ...{ fetch: async () => new Response(body, { status: 401 }), browse: () => expect.unreachable() },
    proof: { password: async () => 'password', code: async () => '123456' },
  });
  return signingIn.catch((error: unknown) => Object(error).code);
}

/** https://developer.okta.com/docs/reference/error-codes/ */
const refusals: readonly (readonly [errorCode: string, finding: FindingCode])[] = [
  ['E0000004', 'user-password-refused'],
  ['E0000207', 'user-password-refused'],
  ['E0000064', 'user-password-expired'],
  ['E0000069', 'user-locked'],
  ['E0000119', 'user-locked'],
  ['E0000068', 'factor-refused'],
  ['E0000083', 'factor-refused'],
];

it.each(refusals)('%s at Classic Engine is %s, after which no password is sent', async (errorCode, finding) => {
  expect(await findingOf(errorCode)).toBe(finding);
});
