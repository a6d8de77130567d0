import { blameOf } from '../../findings/blame.ts';
import { failsElsewhere } from '../../findings/finding.ts';
import { atServers, serverName } from '../../findings/impact.ts';
import { firstThatFits, formatClock, formatDuration, formatTime, shortenId } from '../../model/text.ts';
import { type Incident, leadExchange } from '../incident.ts';
import { firstActionOf } from '../steps.ts';

/** The characters of a message's first line that a lock screen shows. */
const most = 120;

/**
 * The first line of a message: whose fault it is, what people cannot do and where, what still works, what Okta announces,
 * and what to do first. What does not fit is left out as a whole, the least important first.
 *
 * @param subject the line above it. The time is repeated only if the subject had no room for it.
 */
export function renderFirstLine(incident: Incident, subject: string): string {
  const { drill, kind } = incident.alarm;
  if (drill) return `DRILL${kind === 'resolved' ? ', and its end' : ''}: nothing is wrong, and there is nothing to do.`;
  if (kind === 'resolved') return firstThatFits(resolvedLines(incident), most);
  const { headline, occurrences, alarm } = incident;
  const [lead] = occurrences;
  const action = `Do: ${firstActionOf(incident)}.`;
  const isAboutBudget = alarm.subject.kind === 'burn-rate';
  if (!lead || isAboutBudget) {
    const since = alarm.subject.kind === 'findings' || alarm.subject.kind === 'probe-failing' ? '' : ` ${action}`;
    return firstThatFits([`${headline}${since}`, headline, incident.brief], most);
  }
  const blame = blameOf(lead.finding, leadExchange(incident));
  const { impact, brief, about } = incident;
  if (!impact) {
    const yet = failsElsewhere(lead.finding.code) ? '' : ' Nothing fails yet.';
    const summaries = [...(about === undefined ? [] : [`${about}.`]), lead.finding.summary, `${upperFirst(brief)}.`];
    return firstThatFits(
      [
        ...summaries.map((summary) => `${blame}: ${lowerFirst(summary)}${yet} ${action}`),
        ...summaries.map((summary) => `${blame}: ${lowerFirst(summary)}${yet}`),
        `${blame}.${yet}`,
      ],
      most,
    );
  }
  const { clause, servers } = impact;
  const where = [atServers(servers), atServers(servers.map((server) => shortenId(server)))];
  const [fine, status] = [fineClause(incident), statusClause(incident)];
  const clock = formatClock(incident.since);
  const since = subject.includes(clock) ? '' : ` since ${clock}`;
  // We have no data about other users, either way.
  const others = impact.isOfTestUser ? '; other users unknown' : '';
  return firstThatFits(
    [
      ...where.map((at) => `${blame}: ${clause}${at}${since}${others}${fine}.${status} ${action}`),
      ...where.map((at) => `${blame}: ${clause}${at}${since}${others}${fine}. ${action}`),
      ...where.map((at) => `${blame}: ${clause}${at}${since}${others}. ${action}`),
      ...where.map((at) => `${blame}: ${clause}${at}${others}. ${action}`),
      ...where.map((at) => `${blame}: ${clause}${at}${others}.`),
      `${blame}: ${clause}${others}.`,
    ],
    most,
  );
}

/** The same, for a format in which the text that it refers to does not follow. */
export function renderSummary(incident: Incident, subject: string): string {
  return renderFirstLine(incident, subject).replace(/,?(?: text)? below\.$/, '.');
}

function resolvedLines(incident: Incident): readonly string[] {
  const { headline, durationMs, since, passingAgain, stillFailing } = incident;
  const lasted = durationMs === undefined ? '' : ` It lasted ${formatDuration(durationMs)}, from ${formatTime(since)}.`;
  const again = passingAgain.length === 1 && stillFailing.length === 0 ? ` ${passingAgain[0]} passes again.` : '';
  return [`${headline}${again}${lasted}`, `${headline}${lasted}`, headline, `Resolved.${lasted}`];
}

function fineClause({ fineServers, impact }: Incident): string {
  const [server] = fineServers;
  if (server === undefined) return '';
  const name =
    fineServers.length > 1
      ? `${fineServers.length}${impact?.servers.length ? ' other' : ''} servers`
      : serverName(server).replace('the ', '');
  return `; ${name} fine`;
}

/** Okta's announcements matter if Okta may be the cause. An incident matters in any case. */
function statusClause({ oktaStatus, domain, code }: Incident): string {
  if (code === 'announced-incident') return '';
  const matters = oktaStatus?.state === 'announced' || domain === 'okta' || domain === 'network';
  return oktaStatus && matters ? ` ${oktaStatus.brief}.` : '';
}

function lowerFirst(sentence: string): string {
  return /^[A-Z][a-z]/.test(sentence) && !/^(Okta|Lambda|CloudWatch)/.test(sentence)
    ? `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
    : sentence;
}

function upperFirst(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
