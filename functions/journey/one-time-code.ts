import { createHmac } from 'node:crypto';

/** How long a code is good for, in seconds. Okta's authenticators use no other value. */
export const stepSeconds = 30;

/** A one-time code, and the number of its half minute, in which it may be used once. */
export interface OneTimeCode {
  readonly code: string;
  readonly step: number;
}

/** Returns the key in a base32 text (RFC 4648), as Okta shows it. Undefined for other text. */
export function readBase32(text: string): Buffer | undefined {
  const letters = text.replaceAll(/[\s-]/g, '').replace(/=+$/, '').toUpperCase();
  if (!/^[A-Z2-7]{16,}$/.test(letters)) return undefined;
  const bits = [...letters]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  return Buffer.from(bits.match(/.{8}/g)?.map((byte) => Number.parseInt(byte, 2)) ?? []);
}

/** The number of the half minute of a time in ms since the epoch. */
export function stepAt(at: number): number {
  return Math.floor(at / 1000 / stepSeconds);
}

/** The code at a time in ms since the epoch: RFC 6238 with SHA-1 and six digits, as Google Authenticator and Okta Verify. */
export function oneTimeCode(key: Buffer, at: number): OneTimeCode {
  const step = stepAt(at);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const number = (digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000;
  return { code: String(number).padStart(6, '0'), step };
}
