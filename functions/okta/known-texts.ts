import knownTexts from './known-texts.json' with { type: 'json' };

/** A description from Okta's catalog: its reason code and its text. */
export interface KnownText {
  readonly reason: string;
  readonly text: string;
}

/** The known text that a description equals or starts with. Ignores case and a final period. */
export function knownText(description: string): KnownText | undefined {
  const given = plain(description);
  return entries.find(({ plainText }) => given.startsWith(plainText));
}

/** The known text that a page contains. */
export function knownTextIn(page: string): KnownText | undefined {
  const given = plain(page);
  return entries.find(({ plainText }) => given.includes(plainText));
}

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll('’', "'").trim().toLowerCase().replace(/\.$/, '');
}

/**
 * Okta's error descriptions, longest first, so that a text which starts with a shorter one is not mistaken for it. The JSON
 * has them by the reason code of Okta's catalog (the System Log's `outcome.reason`).
 *
 * They have two uses. If only the description distinguishes two causes, a rule can match the reason. And only texts
 * listed here are ever shown, because other texts could quote a request. A text with a variable part ends before it.
 * https://developer.okta.com/docs/reference/error-codes/
 */
const entries = Object.entries(knownTexts)
  .map(([reason, text]) => ({ reason, text, plainText: plain(text) }))
  .sort((a, b) => b.plainText.length - a.plainText.length);
