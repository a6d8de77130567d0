import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readIdxAnswer } from '../../../../functions/okta/idx-answer.ts';
import { stateTokenIn } from '../../../../functions/okta/pages.ts';

const read = (body: object) => readIdxAnswer(JSON.stringify({ version: '1.0.0', stateHandle: '02.id.x~c.y', ...body }));
const list = (...value: readonly unknown[]) => ({ type: 'array', value });

describe('an answer of the sign-in API', () => {
  it('is reduced to the names and fields of its remediations', () => {
    const identify = {
      rel: ['create-form'],
      name: 'identify',
      href: 'https://acme.okta.com/idp/idx/identify',
      value: [
        { name: 'identifier', required: true },
        { name: 'credentials', type: 'object', required: true, form: { value: [{ name: 'passcode', secret: true }] } },
        { name: 'stateHandle', required: true, value: '02.id.x~c.y' },
      ],
    };
    expect(read({ remediation: list(identify) })?.remediations).toEqual([
      {
        ...{ name: 'identify', href: identify.href },
        fields: ['identifier', 'credentials', 'credentials.passcode', 'stateHandle'],
      },
    ]);
  });

  it('has the keys of its messages, wherever they are, and never a text that names the user', () => {
    const message = (key: string) => list({ message: 'Ada Lovelace may not', i18n: { key }, class: 'ERROR' });
    const answer = read({
      messages: message('errors.E0000004'),
      remediation: list({
        ...{ name: 'challenge-authenticator', href: 'https://acme.okta.com/idp/idx/challenge/answer' },
        value: [
          { name: 'credentials', form: { value: [{ name: 'passcode', messages: message('incorrectPassword') }] } },
        ],
      }),
    });
    expect(answer?.messages).toEqual(['errors.E0000004', 'incorrectPassword']);
    expect(JSON.stringify(answer)).not.toContain('Ada');
  });

  it("has Okta's own sentence for a key, and of others what could name nobody", () => {
    const textsOf = (key: string, message: string) =>
      read({ messages: list({ message, i18n: { key }, class: 'ERROR' }) })?.texts;
    expect(textsOf('idx.session.expired', 'mark wurde abgemeldet')).toEqual({
      'idx.session.expired': 'You have been logged out due to inactivity. Refresh or return to the sign in screen.',
    });
    expect(textsOf('new.key', 'Reset password is not allowed at this time, mark')).toEqual({
      'new.key': 'Reset password is not allowed at this time …',
    });
    expect(textsOf('new.key', 'The user mark is locked')).toEqual({});
    expect(textsOf('constructor', 'The user mark is locked')).toEqual({});
  });

  it('names the authenticators to choose from by their keys, in whichever order they come', () => {
    const option = (id: string, index: number, methods: readonly string[]) => ({
      label: 'any text',
      value: {
        form: {
          value: [
            { name: 'id', value: id },
            { name: 'methodType', options: methods.map((value) => ({ label: value, value })) },
          ],
        },
      },
      relatesTo: `$.authenticatorEnrollments.value[${index}]`,
    });
    const select = {
      ...{ name: 'select-authenticator-authenticate', href: 'https://acme.okta.com/idp/idx/challenge' },
      value: [{ name: 'authenticator', options: [option('autB', 1, ['push', 'totp']), option('autA', 0, [])] }],
    };
    const authenticatorEnrollments = list({ key: 'okta_password', id: 'lae1' }, { key: 'okta_verify', id: 'pfd2' });
    expect(read({ remediation: list(select), authenticatorEnrollments })?.choices).toEqual([
      { key: 'okta_verify', id: 'autB', methods: ['push', 'totp'] },
      { key: 'okta_password', id: 'autA', methods: [] },
    ]);
  });

  it('is none if it is another document', () => {
    for (const text of ['', '{}', '[]', 'null', '<html>', '{"errorCode":"E0000009"}', '{"version":"1.0.0"}'])
      expect(readIdxAnswer(text)).toBeUndefined();
  });

  it('may be any JSON without failing', () => {
    fc.assert(fc.property(fc.json(), (text) => void readIdxAnswer(text)));
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (remediation, messages, current) => {
        read({
          remediation: list(remediation, { name: 'x', href: 'y', value: remediation }),
          messages: list(messages),
          currentAuthenticator: current,
        });
      }),
    );
  });
});

describe('the state token in a page', () => {
  it('is decoded as JavaScript would', () => {
    expect(stateTokenIn("<script>var stateToken = '00abc\\x2Ddef\\u002Dghi';</script>")).toBe('00abc-def-ghi');
    expect(stateTokenIn('{"signIn":{"stateToken":"eyJ6aXAiOiJERUYi\\x2DfQ..x\\x5Fy"}}')).toBe(
      'eyJ6aXAiOiJERUYi-fQ..x_y',
    );
  });

  it('is none where the page has none, or where it is no token', () => {
    for (const page of [
      '',
      'stateToken',
      '"stateToken":""',
      '"stateToken":"<script>alert(1)</script>"',
      'stateToken = getToken()',
    ])
      expect(stateTokenIn(page)).toBeUndefined();
  });

  it('is found in any page in a time that grows with its size', () => {
    expect(stateTokenIn(`${'stateToken '.repeat(50_000)}"`)).toBeUndefined();
    fc.assert(fc.property(fc.string(), (page) => void stateTokenIn(page)));
  });
});
