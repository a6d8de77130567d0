import { answeredBy, describeSender } from '../findings/blame.ts';
import { comparisonText } from '../findings/comparisons.ts';
import type { Exchange } from '../model/exchange.ts';
import type { TokenFacts } from '../model/finding.ts';
import { formatDuration } from '../model/text.ts';
import { describeErrorBudget } from './error-budget.ts';
import { type Incident, leadExchange } from './incident.ts';
import { isCaseForOkta } from './steps.ts';

const mostComparisons = 8;
const mostOthers = 3;

/** Returns the observed facts: the last request, its sender, differences, the finding and its likely causes. */
export function seenFacts(incident: Incident): readonly string[] {
  const [lead] = incident.occurrences;
  const budget = incident.budget ? [describeErrorBudget(incident.budget)] : [];
  if (!lead) return budget;
  const { finding } = lead;
  const exchange = leadExchange(incident);
  const sender = answeredBy(exchange);
  const isNew = finding.detail !== undefined && !(exchange && finding.detail.includes(exchange.url));
  const causes = finding.causes.length > 1 ? finding.causes.map((cause, at) => `(${at + 1}) ${cause}`) : finding.causes;
  return [
    ...budget,
    `${finding.code}: ${finding.summary}`,
    ...(exchange && sender
      ? [
          [
            describeRequest(exchange),
            ...(finding.suspect && sender.by !== 'nobody' ? sender.because : describeSender(sender)),
          ].join('; '),
        ]
      : []),
    ...(isNew && finding.detail ? [finding.detail] : []),
    ...(finding.reach === undefined ? [] : [finding.reach]),
    ...(finding.comparisons ?? []).slice(0, mostComparisons).map(comparisonText),
    ...(finding.token && !isCaseForOkta(incident) ? [`token: ${describeToken(finding.token)}`] : []),
    ...changeFacts(incident),
    ...(causes.length > 0 ? [`Likely: ${causes.join('; ')}.`] : []),
    ...statusFacts(incident),
    ...otherTargets(incident),
  ];
}

/** A request and its answer: `POST https://… at 12:01:00Z: status 500, E0000009 Internal Server Error, request id …`. */
function describeRequest(exchange: Exchange): string {
  return `${exchange.method} ${exchange.url} at ${timeOf(exchange)}: ${describeAnswer(exchange)}`;
}

function describeAnswer({ status, failure, error, requestId }: Exchange): string {
  const parts = [
    status === undefined ? undefined : `status ${status}`,
    failure && `${status === undefined ? 'no answer' : 'no complete answer'} (${failure.code})`,
    [error?.errorCode ?? error?.error, error?.description?.replace(/\.$/, '')].filter(Boolean).join(' '),
    requestId && `request id ${requestId}`,
  ];
  return parts.filter(Boolean).join(', ');
}

function timeOf({ at }: Exchange): string {
  return `${at.slice(11, 19)}Z`;
}

function describeToken({ scopes, claimNames, ...facts }: TokenFacts): string {
  const lists = { scopes: scopes?.join(' '), claims: claimNames?.join(' ') };
  return Object.entries({ ...facts, ...lists })
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`${name} ${value}`]))
    .join(', ');
}

/** Returns the recent changes with their times, which answers everyone's first question. */
function changeFacts({ changes, alarm, since }: Incident): readonly string[] {
  return changes.map(({ at, words, id, isByAdministrator }) => {
    const ago = alarm.changedAt - at;
    const before = at <= since ? 'before it began' : 'after it began';
    const verb = isByAdministrator ? 'changed' : 'happened';
    return `${verb} ${formatDuration(ago)} ago, ${formatDuration(Math.abs(since - at))} ${before}: ${words} (System Log event ${id})`;
  });
}

/** Returns Okta's announcements that matter: an incident always, others if Okta or the network may be at fault. */
function statusFacts({ oktaStatus, domain, code }: Incident): readonly string[] {
  // The finding says it.
  if (code === 'announced-incident') return [];
  const matters = oktaStatus?.state === 'announced' || domain === 'okta' || domain === 'network';
  return oktaStatus && matters ? [oktaStatus.sentence] : [];
}

/** The last request of other targets with the same finding. */
function otherTargets({ occurrences: [lead] }: Incident): readonly string[] {
  const others = (lead?.targets ?? []).slice(1).flatMap(({ target, outcomes: [outcome] }) => {
    const last = outcome?.exchanges.at(-1);
    return last ? [`${target} at ${timeOf(last)}: ${describeAnswer(last)}`] : [];
  });
  return others.slice(0, mostOthers);
}
