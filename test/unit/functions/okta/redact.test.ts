import { describe, expect, it } from 'vitest';
import knownTexts from '../../../../functions/okta/known-texts.json' with { type: 'json' };
import { redact } from '../../../../functions/okta/okta-error.ts';
import signInTexts from '../../../../functions/okta/sign-in-texts.json' with { type: 'json' };

const texts = [...new Set([...Object.values(knownTexts), ...Object.values(signInTexts)])];

/** Logins in lower case that are people's names. Some of the first line are words of Okta's catalog as well. */
const names = [
  ...'grant mark will may link page bill chase case phone issue web hook sky pin'.split(' '),
  ...'art sue pat rob drew faith hope joy grace rose dale guy ray gene earl mason king max frank hunter'.split(' '),
];

const count = (text: string, name: string) => text.toLowerCase().match(new RegExp(`\\b${name}\\b`, 'g'))?.length ?? 0;

describe('redact', () => {
  it('keeps no name that stands between the words of a known text, whatever word it is', () => {
    const leaks = texts.flatMap((text, at) => {
      const words = text.split(' ');
      return names.flatMap((name, index) => {
        const position = 1 + ((at + index) % words.length);
        const named = [...words.slice(0, position), name, ...words.slice(position)].join(' ');
        return count(redact(named), name) > count(text, name) ? [named] : [];
      });
    });
    expect(leaks).toEqual([]);
  });

  it.each([
    'The user NAME is locked',
    'User NAME was not found in the directory',
    'NAME is not assigned to this client',
    "The value 'NAME the user' is not valid",
    'login: NAME already exists in this org',
    'Could not find NAME, please contact support',
    'The grant was issued to NAME and not to another client',
    'The account of NAME (NAME) has expired for NAME',
  ])('keeps no name in "%s"', (text) => {
    for (const name of names) {
      const named = text.replaceAll('NAME', name);
      expect([named, count(redact(named), name) > count(text.replaceAll('NAME', ''), name)]).toEqual([named, false]);
    }
  });

  it('keeps what a known text says around a detail', () => {
    expect(redact('The access token provided by jane does not contain the required scopes.')).toBe(
      'The access token provided … does not contain the required scopes',
    );
  });

  it('keeps nothing that is quoted, in brackets or after a colon', () => {
    expect(redact("'does not contain the required scopes'")).toBe('…');
    expect(redact('[does not contain the required scopes]')).toBe('…');
    expect(redact('does not contain: the required scopes')).toBe('…');
  });
});
