import type { Finding } from '../model/finding.ts';
import { type Fact, type FindingDefinition, fittingTexts } from './definition.ts';
import { configurationFindings } from './tables/configuration.ts';
import { healthFindings } from './tables/health.ts';
import { journeyFindings } from './tables/journey.ts';
import { networkFindings } from './tables/network.ts';
import { oktaFindings } from './tables/okta.ts';
import { ourFindings } from './tables/ours.ts';
import { quotaFindings } from './tables/quota.ts';
import { resourceFindings } from './tables/resource.ts';
import { samlFindings } from './tables/saml.ts';
import { systemLogFindings } from './tables/system-log.ts';

/** All findings by their permanent code: who must act, the meaning and the remedy. */
export const findings = {
  ...networkFindings,
  ...oktaFindings,
  ...quotaFindings,
  ...configurationFindings,
  ...ourFindings,
  ...journeyFindings,
  ...resourceFindings,
  ...samlFindings,
  ...healthFindings,
  ...systemLogFindings,
};

export type FindingCode = keyof typeof findings;

/** Whether a finding reports a failure that its own probe does not see. */
export function failsElsewhere(code: string): boolean {
  const definition: FindingDefinition | undefined = Object.hasOwn(findings, code)
    ? findings[code as FindingCode]
    : undefined;
  return definition?.failsElsewhere ?? false;
}

/** The facts of one occurrence. Trap: people see them, so they must not contain a secret. */
export interface FindingFacts
  extends Partial<Pick<Finding, 'about' | 'detail' | 'token' | 'comparisons' | 'severity' | 'once'>> {
  /** Decide which causes and steps fit. */
  readonly facts?: ReadonlySet<Fact>;
}

/** Creates a finding with the facts of this occurrence. */
export function finding(
  code: FindingCode,
  { about, detail, token, comparisons = [], facts = new Set(), severity, once = [] }: FindingFacts = {},
): Finding {
  const definition: FindingDefinition = findings[code];
  const { domain, brief, summary, causes, remedy, doc } = definition;
  return {
    ...{ code, domain, severity: severity ?? definition.severity, brief, summary },
    ...{ causes: fittingTexts(causes, facts), remedy: fittingTexts(remedy, facts) },
    ...(doc && { doc }),
    ...(definition.isFaultUnknown && { suspect: 'unknown' as const }),
    ...(about && { about }),
    ...(detail && { detail: clip(detail) }),
    ...(comparisons.length > 0 && { comparisons }),
    ...(once.length > 0 && { once }),
    ...(token && { token }),
  };
}

/** The other side decides how long the text is, but a log line is limited. */
function clip(text: string): string {
  return text.length > 1_000 ? `${text.slice(0, 999)}…` : text;
}
