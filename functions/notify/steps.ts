import { answeredBy } from '../findings/blame.ts';
import { atServers } from '../findings/impact.ts';
import { supportBlock } from '../findings/support-block.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import type { Suspect } from '../model/finding.ts';
import { formatTime } from '../model/text.ts';
import { openCaseUrl } from './admin-console.ts';
import { hostOf } from './confirm-commands.ts';
import { type Incident, leadExchange, leadOutcome } from './incident.ts';

/** One thing to do. */
export interface Step {
  readonly text: string;
  /** To paste into a shell, each by itself. */
  readonly commands?: readonly string[];
}

/** What to do while an alarm fires, in order. */
export function stepsOf(incident: Incident): readonly Step[] {
  const { confirm } = incident;
  return [
    ...(confirm.length > 0 ? [{ text: confirmText(confirm), commands: confirm }] : []),
    ...remediesOf(incident).map((text) => ({ text })),
    ...(isCaseForOkta(incident) ? [{ text: `Open a case with the text below: ${openCaseUrl}` }] : []),
    ...ownersText(incident).map((text) => ({ text: `Tell application owners: "${text}"` })),
  ];
}

/** A laptop seldom has the monitor's secrets, and the deployed functions always do. */
function confirmText(commands: readonly string[]): string {
  const hasCheck = commands.some((command) => command.startsWith('npm run check '));
  return `Confirm from a laptop${hasCheck ? ' (without the secrets, add --from lambda)' : ''}:`;
}

/** The remedies, without those that a message carries out by itself: it has read the status page, and links to a case. */
function remediesOf({ remedy, oktaStatus, code }: Incident): readonly string[] {
  if (code === 'announced-incident') return remedy;
  return remedy.filter(
    (step) => !/open a case with okta support/i.test(step) && !(oktaStatus?.isRead && /status\.okta\.com/.test(step)),
  );
}

/**
 * Whether a case with Okta is a step, because Okta is at fault.
 *
 * Trap: not if something else answered, because Okta has not seen the request. What Okta announces needs no case either.
 */
export function isCaseForOkta(incident: Incident): boolean {
  const isByAnother = answeredBy(leadExchange(incident))?.by === 'intermediary' && suspectOf(incident) === undefined;
  const isSeen = leadOutcome(incident) !== undefined && !isByAnother;
  return incident.domain === 'okta' && incident.code !== 'announced-incident' && isSeen;
}

/** Who is shown to be at fault by what else was reached. */
function suspectOf({ occurrences: [lead] }: Incident): Suspect | undefined {
  return lead?.finding.suspect;
}

/** The text for a case with Okta Support. Empty if no case is a step. */
export function supportLines(incident: Incident): readonly string[] {
  const { since, isComplete, occurrences } = incident;
  const [lead] = occurrences;
  const [target] = lead?.targets ?? [];
  const [outcome, ...others] = target?.outcomes ?? [];
  if (!lead || !target || !outcome || !isCaseForOkta(incident)) return [];
  const counted = isComplete ? `${target.count} of ${target.runs ?? target.count} runs ` : '';
  const last = outcome.exchanges.slice(-1);
  const seen = {
    ...{ domain: hostOf(outcome) ?? outcome.org, frequency: `${counted}since ${formatTime(since)}` },
    earlier: others.flatMap(({ exchanges }) => exchanges.slice(-1)),
  };
  return supportBlock({ ...outcome, exchanges: last }, lead.finding, seen).split('\n');
}

/** A sentence for people whose applications may fail, who know nothing of probes. */
function ownersText(incident: Incident): readonly string[] {
  const { impact, domain, since } = incident;
  const doing = owners[domain];
  const host = hostOf(leadOutcome(incident));
  if (!impact?.concernsApps || doing === undefined || host === undefined) return [];
  return [`Since ${formatTime(since).slice(11)}, ${impact.clause}${atServers(impact.servers)} (${host}). ${doing}`];
}

/** The sentence for owners of applications. Absent if no application is affected. */
const owners: Readonly<Partial<Record<FaultDomain, string>>> = {
  okta: 'We follow it up with Okta.',
  network: 'We are working on it.',
  quota: 'Please stop batch jobs against Okta.',
  configuration: 'Does your application fail too?',
  credentials: 'Does your application use the same credential?',
};

/** What to do first, in a few words. */
export function firstActionOf(incident: Incident): string {
  const suspect = suspectOf(incident);
  const bySuspect = suspect && firstActionsBySuspect[suspect];
  if (bySuspect !== undefined) return bySuspect;
  if (isCaseForOkta(incident)) return 'open a case, text below';
  if (incident.code === undefined) return 'run the check below';
  if (incident.code === 'announced-incident') return 'follow the status page';
  if (incident.impact?.isOfTestUser && incident.domain === 'credentials') return 'look at the test user';
  return firstActions[incident.domain];
}

const firstActionsBySuspect: Readonly<Record<Suspect, string | undefined>> = {
  okta: undefined,
  'okta or administrators': 'ask the Okta admins, then open a case',
  'okta or custom domain': 'see who serves the custom domain',
  'custom domain': 'ask the owner of its DNS and CDN',
  'our way': undefined,
  unknown: 'look at the System Log, below',
};

const firstActions: Readonly<Record<FaultDomain, string>> = {
  okta: 'see who answered, below',
  network: 'ask the network team',
  quota: 'find the client that sends too much',
  configuration: 'ask the Okta admins',
  credentials: 'renew or correct it',
  clock: 'check time synchronization',
  monitor: 'repair the monitor',
};
