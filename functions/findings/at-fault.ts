import { TransportError } from '../model/errors.ts';
import type { Exchange } from '../model/exchange.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import type { Finding, Suspect } from '../model/finding.ts';
import { isFromOkta, isUnmarked } from '../okta/sender.ts';
import type { Fact } from './definition.ts';
import { type FindingCode, finding, findings } from './finding.ts';
import { codeOfTransport } from './rules.ts';

/** A failure that does not show who is at fault: there was no answer, or one that does not show who sent it. */
export const symptoms = ['connection', 'server-error', 'refusal'] as const;

export type Symptom = (typeof symptoms)[number];

/** Failures to connect that the way, the name or the other end can cause. A certificate shows its cause by itself. */
const connectionCodes: readonly FindingCode[] = [
  'dns-not-resolved',
  'connection-refused',
  'connection-reset',
  'connect-timeout',
  'tls-handshake-failed',
  'unrecognised-failure',
  'no-answer',
];

/** The symptom of a request that failed. Undefined for an answer that shows who sent it. */
export function symptomOf(exchange: Exchange | undefined): Symptom | undefined {
  if (!exchange) return undefined;
  const { status, failure, url } = exchange;
  if (status === undefined)
    return failure && connectionCodes.includes(codeOfTransport(failure.code, url)) ? 'connection' : undefined;
  if (!isUnmarked(exchange)) return undefined;
  return status >= 500 ? 'server-error' : status === 403 ? 'refusal' : undefined;
}

/** The symptom of a probe that failed. The error decides, because the retry of a lost connection may have answered. */
export function symptomOfFailure(thrown: unknown, exchanges: readonly Exchange[]): Symptom | undefined {
  const symptom = symptomOf(exchanges.at(-1));
  return symptom === 'connection' && !(thrown instanceof TransportError) ? undefined : symptom;
}

/** A host that was asked in the same run, besides the org's own. */
export interface Asked {
  readonly host: string;
  readonly exchange: Exchange;
  /** It answered as itself. */
  readonly works: boolean;
}

/** What a run knows of the way to Okta besides its own requests. Something that was not asked is absent. */
export interface Reach {
  /** A host that is neither AWS's nor Okta's: its answer shows that the monitor's way to the Internet works. */
  readonly control?: Asked;
  /** The other name of the org: the one that Okta gave it beside the custom domain, or the custom domain. */
  readonly sibling?: Asked;
  /** Okta's edge serves the org's domain: it is one of Okta's, or its DNS record leads to one. */
  readonly isOktaEdge: boolean;
}

/** What the rules see. */
interface Evidence {
  readonly symptom: Symptom;
  readonly control: 'works' | 'fails' | 'unknown';
  /** `fails alike`: it has the same symptom as the org. */
  readonly sibling: 'works' | 'fails alike' | 'unknown';
  readonly isOktaEdge: boolean;
  /** Neither a proxy nor a network of the customer's is on the way. */
  readonly isDirect: boolean;
}

interface Rule {
  readonly when: Partial<Record<keyof Evidence, unknown>>;
  readonly suspect: Suspect;
  readonly domain?: FaultDomain;
  /** Replaces the finding, whose texts claim less. */
  readonly code?: FindingCode;
}

const okta = { suspect: 'okta', domain: 'okta' } as const;
const edgeError = { ...okta, code: 'edge-error' } as const;
const edgeRefused = { suspect: 'okta or administrators', domain: 'okta', code: 'edge-refused' } as const;

/**
 * Who is at fault, by what else was reached. The first rule whose conditions all hold is used. Without one the finding stays
 * as it is and names both sides.
 *
 * Trap: without a proxy and a network of the customer's there is no third party between a Lambda function and a name whose
 * record leads to Okta, but a custom domain may have a CDN.
 */
const rules: readonly Rule[] = [
  { when: { sibling: 'works', isOktaEdge: true }, ...okta, code: 'custom-domain-unreachable' },
  { when: { sibling: 'works' }, suspect: 'custom domain', domain: 'network', code: 'custom-domain-unreachable' },
  { when: { symptom: 'connection', control: 'fails', isDirect: true }, suspect: 'our way', domain: 'monitor' },
  { when: { symptom: 'connection', control: 'fails' }, suspect: 'our way', domain: 'network' },
  { when: { symptom: 'server-error', isDirect: true, isOktaEdge: true }, ...edgeError },
  { when: { symptom: 'server-error', isDirect: true, sibling: 'fails alike' }, ...edgeError },
  { when: { symptom: 'refusal', isDirect: true, isOktaEdge: true }, ...edgeRefused },
  { when: { symptom: 'refusal', isDirect: true, sibling: 'fails alike' }, ...edgeRefused },
  { when: { symptom: 'connection', isDirect: true, control: 'works', isOktaEdge: true }, ...okta },
  { when: { symptom: 'connection', isDirect: true, control: 'works', sibling: 'fails alike' }, ...okta },
  // Nothing else is left: the monitor's way works, and there is no network of its owner.
  { when: { symptom: 'connection', isDirect: true, control: 'works' }, suspect: 'okta or custom domain' },
  { when: { symptom: 'server-error', isDirect: true }, suspect: 'okta or custom domain' },
  { when: { symptom: 'refusal', isDirect: true }, suspect: 'okta or custom domain' },
];

/** The facts that choose the causes and steps of a finding. */
export function factsOfReach({ control }: Reach, isDirect: boolean): readonly Fact[] {
  return [...(isDirect ? ['no network of yours' as const] : []), ...(control?.works ? ['our way works' as const] : [])];
}

/**
 * Adds to a finding who is at fault, and what shows it.
 *
 * @param facts those of the run. Where Okta answered another request to the same domain, the way and the domain work
 */
export function attribute(
  found: Finding,
  symptom: Symptom | undefined,
  reach: Reach,
  { domain, isDirect, facts }: { domain: string; isDirect: boolean; facts: ReadonlySet<Fact> },
): Finding {
  if (!symptom) return found;
  const isReached = facts.has('Okta answered elsewhere');
  const { control, sibling, isOktaEdge } = reach;
  const evidence: Evidence = {
    ...{ symptom, isOktaEdge, isDirect },
    control: isReached ? 'works' : stateOf(control),
    sibling: isReached || !sibling ? 'unknown' : sibling.works ? 'works' : alike(sibling, symptom),
  };
  const said = describeReach(reach, { domain, isDirect, isReached });
  const shown = said === undefined ? found : { ...found, reach: said };
  // One refusal among answers is about the request, whoever refused it.
  if (symptom === 'refusal' && isReached) return shown;
  const rule = rules.find(({ when }) =>
    Object.entries(when).every(([name, value]) => evidence[name as keyof Evidence] === value),
  );
  if (!rule) return shown;
  const { suspect, code } = rule;
  const replaced = code ? finding(code, { facts, ...(found.detail !== undefined && { detail: found.detail }) }) : found;
  const remedy = rule.domain === 'okta' && !code ? [...replaced.remedy, openCase] : replaced.remedy;
  return {
    ...replaced,
    remedy,
    domain: rule.domain ?? found.domain,
    suspect,
    ...(said !== undefined && { reach: said }),
  };
}

const openCase = 'Open a case with Okta Support and paste the support block';

/** An answer with an error shows neither that the way works nor that it does not: a proxy may have sent it. */
function stateOf(control: Asked | undefined): Evidence['control'] {
  if (!control) return 'unknown';
  return control.works ? 'works' : control.exchange.status === undefined ? 'fails' : 'unknown';
}

function alike({ exchange }: Asked, symptom: Symptom): Evidence['sibling'] {
  return symptomOf(exchange) === symptom ? 'fails alike' : 'unknown';
}

/** What shows who is at fault, in one sentence. Undefined if nothing does. */
function describeReach(
  { control, sibling }: Reach,
  { domain, isDirect, isReached }: { domain: string; isDirect: boolean; isReached: boolean },
): string | undefined {
  const parts = [
    isDirect ? 'the monitor runs outside any VPC and without a proxy' : undefined,
    control &&
      (control.works
        ? `our way to the Internet works (${control.host} answers)`
        : `${control.host}, which is neither AWS's nor Okta's, ${stateInWords(control)}`),
    sibling &&
      (sibling.works
        ? `the org's other name ${sibling.host} answers${isReached ? '' : `, only ${domain} does not`}`
        : `the org's other name ${sibling.host} ${stateInWords(sibling)}`),
  ].filter((part) => part !== undefined);
  return parts.length === 0 ? undefined : `Also seen: ${parts.join('; ')}.`;
}

function stateInWords({ exchange }: Asked): string {
  const { status, failure } = exchange;
  if (status === undefined) return `does not answer either (${failure?.code ?? 'no response'})`;
  return isFromOkta(exchange) || status >= 400
    ? `answers with status ${status}`
    : `is answered by something else (${status})`;
}

/** The finding about a custom domain that fails while the org answers by the name that Okta gave it. */
export function customDomainUnreachable(sibling: Asked, domain: string, isOktaEdge: boolean): Finding {
  const { status, failure } = sibling.exchange;
  return {
    ...finding('custom-domain-unreachable', {
      detail: `${sibling.host}: ${status === undefined ? (failure?.code ?? 'no response') : `status ${status}`}`,
    }),
    domain: isOktaEdge ? 'okta' : findings['custom-domain-unreachable'].domain,
    suspect: isOktaEdge ? 'okta' : 'custom domain',
    reach: `Also seen: the org's other name ${domain} answers, only ${sibling.host} does not.`,
  };
}
