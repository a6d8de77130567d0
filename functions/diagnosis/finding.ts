import type { Finding } from '../model/finding.ts';
import { configurationFindings } from './findings/configuration.ts';
import { networkFindings } from './findings/network.ts';
import { oktaFindings } from './findings/okta.ts';
import { ourFindings } from './findings/ours.ts';
import { quotaFindings } from './findings/quota.ts';

/** Every finding, by its permanent code: who must act, what it means, and what to do. One place a code. */
export const findings = {
  ...networkFindings,
  ...oktaFindings,
  ...quotaFindings,
  ...configurationFindings,
  ...ourFindings,
};

export type FindingCode = keyof typeof findings;

/** A finding by its code, with what was seen this time. Trap: `seen` is shown to people and must hold no secret. */
export function finding(code: FindingCode, { detail, token }: Pick<Finding, 'detail' | 'token'> = {}): Finding {
  const { verify: _, ...definition } = findings[code];
  return { code, ...definition, ...(detail && { detail: clip(detail) }), ...(token && { token }) };
}

/** Whoever answers decides how much there is to see; a log line has room for some of it. */
function clip(text: string): string {
  return text.length > 1_000 ? `${text.slice(0, 999)}…` : text;
}
