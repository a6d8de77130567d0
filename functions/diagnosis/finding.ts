import type { Finding } from '../model/finding.ts';
import { configurationFindings } from './findings/configuration.ts';
import { networkFindings } from './findings/network.ts';
import { oktaFindings } from './findings/okta.ts';
import { ourFindings } from './findings/ours.ts';
import { quotaFindings } from './findings/quota.ts';

/** All findings by their permanent code: who must act, what it means and what to do. */
export const findings = {
  ...networkFindings,
  ...oktaFindings,
  ...quotaFindings,
  ...configurationFindings,
  ...ourFindings,
};

export type FindingCode = keyof typeof findings;

/** Creates a finding with the facts of this occurrence. Trap: people see them, so they must not contain a secret. */
export function finding(code: FindingCode, { detail, token }: Pick<Finding, 'detail' | 'token'> = {}): Finding {
  const { verify: _, ...definition } = findings[code];
  return { code, ...definition, ...(detail && { detail: clip(detail) }), ...(token && { token }) };
}

/** The other side decides how long the text is, but a log line is limited. */
function clip(text: string): string {
  return text.length > 1_000 ? `${text.slice(0, 999)}…` : text;
}
