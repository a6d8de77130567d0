import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';

/** Values that may not leave, and the search for them. */
export interface Canaries {
  /** An unmistakable value, remembered by what it stands for. */
  plant(what: string): string;
  /** The same that looks like part of a token. */
  plantBase64Url(what: string): string;
  /** A token whose claims are canaries. Of its parts, only what its header says may be shown. */
  plantToken(what: string, claims?: object): string;
  /** Remembers a value that was met elsewhere. */
  add(what: string, value: string | undefined): void;
  /** What of it stands in a text, plainly or encoded, whole or by a part that cannot be chance. */
  leaksIn(text: string): readonly string[];
}

/** A part as long as this is no accident. */
const partLength = 40;

export function openCanaries(): Canaries {
  const planted = new Map<string, string>();
  const add = (what: string, value: string | undefined) => {
    // The first name of a value is its best: what was stored is sent later.
    for (const form of partsOf(value ?? '').flatMap(formsOf)) if (!planted.has(form)) planted.set(form, what);
  };
  const plantAs = (what: string, value: string) => {
    add(what, value);
    return value;
  };
  const plant = (what: string) => plantAs(what, `canary-${randomBytes(12).toString('hex')}`);
  return {
    add,
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
      const folded = text.toLowerCase();
      return [...new Set([...planted].flatMap(([form, what]) => (folded.includes(form) ? [what] : [])))];
    },
  };
}

/** A value in every way in which it could be shown to somebody: to the debugger, as JSON and as text. */
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
 * The lines of a PEM text tell enough; so does the beginning of a long value, and its end. Of a token neither the header
 * nor a part of the payload is a secret by itself, for every token of a client has them; where both meet, it is a token.
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

/** Letter case is no disguise. Base64 is searched at each of the three places at which it can begin within a group. */
function formsOf(value: string): readonly string[] {
  const bytes = Buffer.from(value);
  const inBase64 = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // The first and last characters also hold bits of what stands before and after.
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

function encode(text: string): string {
  return Buffer.from(text).toString('base64url');
}
