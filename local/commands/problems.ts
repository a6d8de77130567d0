import { comparisonText } from '../../functions/findings/comparisons.ts';
import type { Finding } from '../../functions/model/finding.ts';
import type { LogLine } from '../../functions/model/log-line.ts';
import type { Org } from '../../functions/model/org.ts';
import { findingsOf } from '../../functions/model/outcome.ts';
import type { PlannedProbe } from '../../functions/probes/plan.ts';
import type { CheckedOrg } from './check/check-orgs.ts';

/** One finding of a check, with every probe that reported it. */
export interface CheckProblem {
  readonly org: Org;
  readonly finding: Finding;
  /** The problem. If `isSelfContained`, also its remedy. */
  readonly title: string;
  /** The client that the probes authenticate as, if they do. */
  readonly client?: string;
  /** The outcomes that report it, with what each saw. Never empty. */
  readonly outcomes: readonly LogLine[];
  /** What each probe saw, without repetition. */
  readonly details: readonly string[];
}

/** Whether the title of such a problem says all there is to say. */
export function isSelfContained(code: string): boolean {
  return code === 'secret-unreadable' || code === 'monitor-error';
}

/** The parts of a `SecretUnreadable`'s message. A problem of AWS concerns every secret, and is reported once. */
function unreadable(detail = ''): { readonly secret: string; readonly why: string } | undefined {
  const [, secret, why] = /^secret ("[^"]*"): (.*)$/s.exec(detail) ?? [];
  return secret !== undefined && why !== undefined ? { secret, why } : undefined;
}

/** What reports itself as unknown rather than as a problem. */
const unknown = 'status-unknown';

/**
 * The problems of one org, each once: probes that report the same finding about the same client have one problem. A
 * client that is wrong is wrong at every server, and people mend it once.
 */
export function problemsOf({ org, plan, outcomes }: CheckedOrg): readonly CheckProblem[] {
  const reported = outcomes.flatMap((outcome) =>
    findingsOf(outcome)
      .filter(({ code }) => code !== unknown)
      .map((finding) => ({ outcome, finding, client: clientOf(plan, outcome, org) })),
  );
  const groups = Map.groupBy(reported, ({ finding: { code, detail, summary }, client }) =>
    JSON.stringify(isSelfContained(code) ? [code, unreadable(detail)?.why ?? summary] : [code, client]),
  );
  return [...groups.values()].flatMap((own) => {
    const [first] = own;
    if (!first) return [];
    const details = own.flatMap(({ finding }) => finding.detail ?? []);
    const [why] = details.flatMap((detail) => unreadable(detail)?.why ?? []);
    const secrets = [...new Set(details.flatMap((detail) => unreadable(detail)?.secret ?? []))];
    return {
      title:
        why === undefined
          ? first.finding.summary
          : `${secrets.length === 1 ? 'Secret' : 'Secrets'} ${secrets.join(', ')}: ${why}`,
      ...{ org, finding: first.finding, outcomes: [...new Set(own.map(({ outcome }) => outcome))] },
      ...(first.client !== undefined && { client: first.client }),
      details: [
        ...new Set([
          ...details,
          ...own.flatMap(({ finding }) => finding.reach ?? []),
          ...own.flatMap(({ finding }) => (finding.comparisons ?? []).map(comparisonText)),
        ]),
      ],
    };
  });
}

/** Trap: for an API token there is only the name of its secret. */
function clientOf(plan: readonly PlannedProbe[], { probe: id, server }: LogLine, { api }: Org): string | undefined {
  const planned = plan.find(({ probe, target }) => probe.id === id && target.server === server);
  const { requires = [], inputs = [] } = planned?.probe ?? {};
  if (requires.includes('web')) return planned?.server.web?.clientId;
  // A probe that gets a token from another one is about the same client.
  if (requires.includes('service') || inputs.includes('token')) return planned?.server.service?.clientId;
  if (!requires.includes('api') || !api) return undefined;
  return api.kind === 'client' ? api.clientId : `the API token in secret "${api.secret}"`;
}
