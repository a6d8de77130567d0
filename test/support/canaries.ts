import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

/** Secret values, and a search for them. */
export interface Canaries {
  /** Makes a unique value. `what` names it in the report of a leak. */
  plant(what: string): string;
  /** Makes a unique value that looks like part of a token. */
  plantBase64Url(what: string): string;
  /** Makes a token whose claims are canaries. Only its header may be shown. */
  plantToken(what: string, claims?: object): string;
  /** Adds a value from elsewhere. */
  add(what: string, value: string | undefined): void;
  /** Adds a number that is too short to be searched for, except by itself. */
  addNumber(what: string, digits: string): void;
  /** Which values a text contains: in clear or encoded, whole, or a part too long to be there by chance. */
  leaksIn(text: string): readonly string[];
}

/** A part of this length cannot be there by chance. */
const partLength = 40;

export function openCanaries(): Canaries {
  const planted = new Map<string, string>();
  const numbers = new Map<string, string>();
  const add = (what: string, value: string | undefined) => {
    // The first name is the best one: a stored secret is sent later.
    for (const form of partsOf(value ?? '').flatMap(formsOf)) if (!planted.has(form)) planted.set(form, what);
  };
  const plantAs = (what: string, value: string) => {
    add(what, value);
    return value;
  };
  const plant = (what: string) => plantAs(what, `canary-${randomBytes(12).toString('hex')}`);
  return {
    add,
    addNumber: (what, digits) => void numbers.set(digits, what),
    plant,
    plantBase64Url: (what) => plantAs(what, randomBytes(32).toString('base64url')),
    plantToken(what, claims = {}) {
      const values = { sub: plant(`${what}'s sub`), email: `${plant(`${what}'s email`)}@example.com` };
      const groups = [plant(`${what}'s group`), { deep: plant(`${what}'s member`) }];
      const payload = { ...values, groups, custom: plant(`${what}'s claim`), ...claims };
      const parts = [{ alg: 'RS256', kid: 'kid' }, payload].map((part) => encode(JSON.stringify(part)));
      const signature = randomBytes(256).toString('base64url');
      add(`${what}'s signature`, signature);
      add(`${what}'s payload`, parts[1]);
      return [...parts, signature].join('.');
    },
    leaksIn(text) {
      const found = new Set(formsWithin(text.toLowerCase(), [...planted.keys()]));
      // A part of a longer number, or of a fraction, is there by chance.
      const alone = new Set(text.match(/(?<![\w.-])\d{6}(?![\w-])/g));
      return [
        ...new Set([
          ...[...planted].flatMap(([form, what]) => (found.has(form) ? [what] : [])),
          ...[...numbers].flatMap(([digits, what]) => (alone.has(digits) ? [what] : [])),
        ]),
      ];
    },
  };
}

/** A value in every way that it could be printed: by the debugger, as JSON and as text. */
export function shownInEveryWay(value: unknown): string {
  const options = { depth: Number.POSITIVE_INFINITY, maxArrayLength: null, maxStringLength: null };
  return [
    inspect(value, { ...options, showHidden: true, getters: true }),
    inspect(value, options),
    JSON.stringify(value),
    String(value),
  ].join('\n');
}

/**
 * The parts of a value that give it away: each line of a PEM text, and the beginning and the end of a long value. Neither
 * the header of a token nor a part of its payload is a secret by itself, because all tokens of a client share them. Where
 * they meet, it is a token.
 */
function partsOf(value: string): readonly string[] {
  const [header, payload = '', signature = '', ...more] = value.split('.');
  if (header?.startsWith('eyJ') && signature !== '' && more.length === 0) {
    return [value, `${header}.${payload.slice(0, partLength)}`, ...endsOf(signature)];
  }
  return value
    .split(/\s+/)
    .filter((piece) => piece.length >= 12)
    .flatMap(endsOf);
}

function endsOf(piece: string): readonly string[] {
  return piece.length <= partLength ? [piece] : [piece, piece.slice(0, partLength), piece.slice(-partLength)];
}

/** A value as it is and encoded, in lower case. In base64 it looks different at each of the three offsets in a group. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const inBase64 = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // The first and last characters also hold bits of the characters before and after.
    return whole.slice(before === 0 ? 0 : before + 1, Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forms = [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    bytes.toString('hex'),
    ...inBase64,
    ...inBase64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...inBase64.map((text) => encodeURIComponent(text)),
  ];
  return [...new Set(forms.map((form) => form.toLowerCase()))];
}

/** Forms are looked up by this many of their first characters. */
const startLength = 10;

/** A hash of the last ten characters, in 20 bits: each character shifts the hash by two bits. */
const roll = (hash: number, code: number) => ((hash << 2) ^ code) & 0xfffff;

/** Which of the forms a text contains. Reads the text once, where `includes` would read it for each of thousands. */
function formsWithin(text: string, forms: readonly string[]): readonly string[] {
  const long = forms.filter((form) => form.length >= startLength);
  const byStart = Map.groupBy(long, (form) => form.slice(0, startLength));
  const mayStart = new Uint8Array(1 << 20);
  for (const start of byStart.keys()) {
    let hash = 0;
    for (let at = 0; at < startLength; at += 1) hash = roll(hash, start.charCodeAt(at));
    mayStart[hash] = 1;
  }
  const found = forms.filter((form) => form.length < startLength && text.includes(form));
  let hash = 0;
  for (let end = 0; end < text.length; end += 1) {
    hash = roll(hash, text.charCodeAt(end));
    if (mayStart[hash] === 0) continue;
    const at = end + 1 - startLength;
    for (const form of byStart.get(text.slice(Math.max(0, at), end + 1)) ?? [])
      if (text.startsWith(form, at)) found.push(form);
  }
  return found;
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
