import { failsElsewhere } from '../../findings/finding.ts';
import { atServers, type Impact } from '../../findings/impact.ts';
import { defaultDeployment } from '../../model/deployment.ts';
import type { Route } from '../../model/finding.ts';
import { clip } from '../../model/read.ts';
import { firstThatFits, formatClock, formatDuration, shortenId, shortenName } from '../../model/text.ts';
import type { Incident, Links } from '../incident.ts';

/** A lock screen shows about this many characters. SNS accepts fewer than 100. */
const most = 60;

/**
 * One line for a phone's lock screen: who is notified how, the org, what people cannot do and where, the cause, and since
 * when: `PAGE acme: no tokens at 'default' - Okta 500 since 12:36Z`. A deployment that is not the default comes before the
 * org: `PAGE staging/acme: …`. What does not fit is shortened or left out as a whole.
 *
 * A drill says so first: `DRILL PAGE acme: …`.
 *
 * Trap: SNS rejects a subject that begins with a space or contains a line break. Mail programs and gateways garble
 * everything but ASCII. https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
export function renderSubject(incident: Incident, { route, monitor: { deployment } }: Links): string {
  const { alarm } = incident;
  const org = `${deployment === defaultDeployment ? '' : `${deployment}/`}${incident.org ?? 'monitor'}`;
  const status = `${incident.alarm.drill ? 'DRILL ' : ''}${statusOf(incident, route)}`;
  const details = (alarm.kind === 'firing' ? firingDetails(incident) : resolvedDetails(incident)).map(oneLine);
  const names = [oneLine(org), ...[24, 18, 12].map((length) => shortenName(oneLine(org), length))];
  // It is better to shorten the org's name than to leave something out.
  const candidates = details.flatMap((detail) => names.map((name) => `${status} ${name}: ${detail}`));
  return firstThatFits(candidates, most);
}

function statusOf({ alarm, since }: Incident, route: Route): string {
  if (alarm.kind === 'resolved') return 'RESOLVED';
  if (alarm.repeats === 'reminder') return `REMINDER (${formatDuration(alarm.changedAt - since)})`;
  return [route, alarm.repeats ?? ''].join(' ').trim().toUpperCase();
}

export function renderUnreadableSubject({ route, monitor: { deployment } }: Links): string {
  const prefix = deployment === defaultDeployment ? '' : ` ${deployment}`;
  return `${route.toUpperCase()}${prefix}: an alarm that could not be read`;
}

/** Descriptions of the problem, from the most detailed to the shortest that is still useful. */
function firingDetails({ impact, brief, about, since, monitorErrors, occurrences }: Incident): readonly string[] {
  const time = formatClock(since);
  const [error] = occurrences.length === 0 ? monitorErrors : [];
  if (error) return [`${brief} - ${error.name}`, brief];
  if (occurrences.length === 0) return [`${brief}, alarm at ${time}`, brief];
  const [long, short] = [` since ${time}`, ` ${time}`];
  if (!impact) {
    const yet = failsElsewhere(occurrences[0]?.finding.code ?? '')
      ? []
      : [`${brief} - nothing fails yet, since ${time}`, `${brief} - nothing fails yet`];
    return [...(about === undefined ? [] : [about]), ...yet, `${brief}${long}`, brief];
  }
  const what = whatAndWhere(impact);
  const least = impact.what.at(-1) ?? '';
  return [
    ...what.flatMap((each) => [`${each} - ${brief}${long}`, `${each} - ${brief}${short}`]),
    ...what.map((each) => `${each} - ${brief}`),
    ...[`${least} - ${brief}`, ...what.map((each) => `${each}${long}`), least],
  ];
}

/** The effect on people and the place, in fewer and fewer words. */
function whatAndWhere({ what, servers }: Pick<Impact, 'what' | 'servers'>): readonly string[] {
  const ids = servers.map((server) => shortenId(server));
  const where = [atServers(servers), atServers(ids)].map((at) => at.replace(' the ', ' '));
  const places = [...new Set([...where, atServers(ids).replace(' the Org server', ' Org')])];
  return what.flatMap((each) => places.map((at) => `${each}${at}`));
}

/** The ended problem. It does not say that anything works again, because that may not have been seen. */
function resolvedDetails({ impact, brief, durationMs }: Incident): readonly string[] {
  const lasted = durationMs === undefined ? '' : ` - lasted ${formatDuration(durationMs)}`;
  const { servers = [] } = impact ?? {};
  return [...whatAndWhere({ what: [brief], servers }).map((each) => `${each}${lasted}`), `${brief}${lasted}`, brief];
}

function oneLine(value: string): string {
  return clip(value.replaceAll(/[^ -~]/g, '?'), 200);
}
