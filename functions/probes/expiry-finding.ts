import type { X509Certificate } from 'node:crypto';
import { type FindingCode, finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { ExpiryDays, SamlApp } from '../model/org.ts';
import { expiryStep, validityInWords, wholeDays } from '../okta/expiry.ts';

/** Something that stops to work at a time that is known. */
export interface Expiring {
  /** Ids of Okta's. With the step, they make people be told once. */
  readonly id: string;
  /** The object's kind and name, for people. */
  readonly what: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The finding of an expiry, if one of the steps has been reached. */
export function expiryFindings(
  code: FindingCode | { readonly expires: FindingCode; readonly expired: FindingCode },
  { id, what, at }: Expiring,
  now: number,
  days: ExpiryDays,
): readonly Finding[] {
  const left = wholeDays(now, at);
  const reached = expiryStep(left, days);
  if (!reached) return [];
  const { step, severity } = reached;
  const day = new Date(at).toISOString().slice(0, 10);
  const found = `${validityInWords(left)}, ${day}`;
  const first = Math.max(...days.ticket, ...days.page);
  return [
    finding(typeof code === 'string' ? code : step === 0 ? code.expired : code.expires, {
      ...{
        severity,
        once: [`${id}#${step}`],
        about: `${what} ${step === 0 ? 'expired' : 'expires'} ${day}`,
        detail: `${what}: ${found}`,
      },
      comparisons: [{ name: what, expected: `valid for more than ${first} days`, found }],
    }),
  ];
}

/** The key of an application's SAML signing certificate, the same in every probe, so that one notice is sent. */
export function samlCertificate(
  { name }: Pick<SamlApp, 'name'>,
  { fingerprint256, validTo }: Pick<X509Certificate, 'fingerprint256' | 'validTo'>,
): Expiring {
  return { id: `${name}/${fingerprint256}`, what: `SAML certificate of ${name}`, at: Date.parse(validTo) };
}
