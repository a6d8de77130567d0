import type { Exchange } from '../model/exchange.ts';
import type { Finding, Severity } from '../model/finding.ts';
import type { Org, Server } from '../model/org.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Endpoint, Group } from '../model/probe.ts';
import { locate } from '../okta/endpoints.ts';
import { isFromOkta, proofOfOkta } from '../okta/sender.ts';
import { attribute, factsOfReach, type Reach, type Symptom, symptomOfFailure, symptoms } from './at-fault.ts';
import type { Fact, FindingDefinition } from './definition.ts';
import { diagnose } from './diagnose.ts';
import { type FindingCode, finding, findings } from './finding.ts';
import { ProbeFailure } from './probe-failure.ts';
import type { RequestingClient } from './rules.ts';

/** A probe that failed, before anybody knows why. */
export interface UndiagnosedFailure {
  /** Everything about the outcome but its finding. */
  readonly base: Omit<Outcome & { readonly status: 'failed' }, 'status' | 'readings' | 'finding'>;
  readonly server: Server;
  /** Whose requests the probe makes, where its endpoints do not show it. */
  readonly client?: RequestingClient;
  readonly group: Group;
  readonly thrown: unknown;
  /** The exchanges of the final attempt. */
  readonly exchanges: readonly Exchange[];
  /** The time was up before the probe had ended. */
  readonly isOutOfTime: boolean;
}

interface RunOptions {
  /** Asks what else can be reached, for failures that do not show who is at fault. */
  readonly look: (isConnection: boolean) => Promise<Reach>;
}

/** The endpoints that serve a document. If only one of them is malformed, that is no reason for a page. */
const documents: readonly Endpoint[] = ['organization', 'discovery', 'users', 'logs'];

/**
 * Finds the causes of a run's failures, once all its probes have ended: what worked elsewhere in the run shows what a
 * failure cannot be. An error in the monitor has no outcome.
 */
export async function diagnoseRun(
  org: Org,
  results: readonly (Outcome | UndiagnosedFailure)[],
  { look }: RunOptions,
): Promise<{ readonly outcomes: readonly Outcome[]; readonly monitorErrors: readonly unknown[] }> {
  const failures = results.filter((result) => 'thrown' in result);
  const isDirect = org.egress === 'direct';
  const symptomsSeen = new Set(failures.map(symptomIn));
  const isUnclear = symptoms.some((symptom) => symptomsSeen.has(symptom));
  const reach = isUnclear ? await look(symptomsSeen.has('connection')) : unasked;
  const monitorErrors: unknown[] = [];
  const outcomes = results.flatMap((result): readonly Outcome[] => {
    if (!('thrown' in result)) return [result];
    const others = results.filter((other) => other !== result).flatMap(({ exchanges }) => exchanges);
    const facts: readonly Fact[] = [
      ...factsOfReach(reach, isDirect),
      ...(others.some(isAnswerOfOkta) ? ['Okta answered elsewhere' as const] : []),
    ];
    const found = diagnoseFailure(org, result, new Set(facts), reach);
    if (!found) {
      monitorErrors.push(result.thrown);
      return [];
    }
    const { readings = {} } = result.thrown instanceof ProbeFailure ? result.thrown.facts : {};
    const isAlone = failures.length === 1 && results.every((each) => 'thrown' in each || each.status !== 'skipped');
    const severity = isAlone ? severityOfOneDocument(found, result.exchanges) : found.severity;
    return [{ ...result.base, status: 'failed', readings, finding: { ...found, severity } }];
  });
  const isNoSignIn = new Set(failures.filter(isOptional).map(({ base: { probe, server } }) => `${probe} ${server}`));
  const judged = outcomes.map((outcome): Outcome => {
    if (outcome.status !== 'failed') return outcome;
    const isOptional = isNoSignIn.has(`${outcome.probe} ${outcome.server}`);
    return { ...outcome, finding: { ...outcome.finding, severity: severityIn(outcome, outcomes, isOptional) } };
  });
  return { outcomes: judged, monitorErrors };
}

function diagnoseFailure(
  org: Org,
  { server, client, thrown, exchanges, isOutOfTime }: UndiagnosedFailure,
  facts: ReadonlySet<Fact>,
  reach: Reach,
): Finding | undefined {
  if (isOutOfTime) return finding('out-of-time');
  const found = diagnose(thrown, exchanges, { org, server, facts, ...(client && { client }) });
  const { domain, egress } = org;
  return (
    found && attribute(found, symptomIn({ thrown, exchanges }), reach, { domain, isDirect: egress === 'direct', facts })
  );
}

/** Whether Okta answered beyond doubt, and not the status page, which is elsewhere. */
function isAnswerOfOkta(exchange: Exchange): boolean {
  return locate(exchange.url) !== undefined && proofOfOkta(exchange).length > 0;
}

const unasked: Reach = { isOktaEdge: false };

/** The symptom of a failure at the org. The status page and your own API are elsewhere. */
function symptomIn({ thrown, exchanges }: Pick<UndiagnosedFailure, 'thrown' | 'exchanges'>): Symptom | undefined {
  const { url, ofResource = false } = exchanges.at(-1) ?? {};
  if (url === undefined || ofResource || locate(url) === undefined) return undefined;
  return symptomOfFailure(thrown, exchanges);
}

/**
 * Whether no user's sign-in needs the request: the System Log, the health of the org, the metadata of SAML applications, and
 * the org's metadata, which the journey reads before it signs in. An outage of the whole org is a finding of `flows`.
 */
function isOptional({ group, exchanges }: UndiagnosedFailure): boolean {
  const { url } = exchanges.at(-1) ?? {};
  const endpoint = url === undefined ? undefined : locate(url)?.endpoint;
  const isMetadata = endpoint === 'saml-metadata' || (group === 'journey' && endpoint === 'organization');
  return group === 'health' || group === 'system-log' || isMetadata;
}

/** How urgent a finding is, by what else fails with it. Whose it is does not depend on that. */
function severityIn(failed: FailedOutcome, outcomes: readonly Outcome[], isOptional: boolean): Severity {
  const { code, severity } = failed.finding;
  if (isOptional) return severity === 'page' ? 'ticket' : severity;
  const { severityOfPart }: FindingDefinition = findings[code as FindingCode];
  if (severityOfPart === undefined) return severity;
  const isFoundAtAll = (probe: string) => {
    const all = outcomes.filter((outcome) => outcome.probe === probe);
    return all.length > 0 && all.every((each) => each.status === 'failed' && each.finding.code === code);
  };
  const { url } = failed.exchanges.find(({ status = 0 }) => status >= 300) ?? {};
  const isOfOrg = url !== undefined && locate(url)?.endpoint === 'organization';
  return isOfOrg || isFoundAtAll('authorize') || isFoundAtAll('token') ? severity : severityOfPart;
}

type FailedOutcome = Outcome & { readonly status: 'failed' };

/** The severity of a run's only failure that skipped no other probe. */
function severityOfOneDocument(
  { code, severity, suspect }: Finding,
  exchanges: readonly Exchange[],
): Finding['severity'] {
  const last = exchanges.at(-1);
  if (!exchanges.slice(0, -1).every(isFromOkta)) return severity;
  const definition: FindingDefinition = findings[code as FindingCode];
  const endpoint = last && locate(last.url)?.endpoint;
  const isDocument = endpoint !== undefined && documents.includes(endpoint);
  // An answer of another sender says nothing about Okta's faults, whatever its status.
  const isHarmless = definition.domain === 'network' || suspect !== undefined || (last?.status ?? 500) < 300;
  return (isDocument && isHarmless ? definition.severityOfOneDocument : undefined) ?? severity;
}
