import type { AlarmSubject } from '../../functions/findings/alarm-subject.ts';
import { consoleOf } from '../../functions/notify/aws-console.ts';
import { type AlarmChange, readRecord } from '../../functions/notify/event.ts';
import type { Evidence } from '../../functions/notify/evidence.ts';
import type { Links } from '../../functions/notify/incident.ts';
import { composeMessage } from '../../functions/notify/message.ts';
import type { CustomNotification } from '../../functions/notify/render/chat.ts';
import { peopleMessage, type SnsMessage } from '../../functions/notify/sendings.ts';
import { metricAlarm, recordOf, resolvedMetricAlarm } from './alarms.ts';
import { at, evidenceOf, minutes, runs, statusPage } from './log-of.ts';

const console = consoleOf('arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages');

export const links: Links = {
  route: 'page',
  partition: 'aws',
  runbook: 'https://git.example.com/monitor/docs/runbook.md',
  dashboard: 'https://us-east-1.console.aws.amazon.com/cloudwatch/home#dashboards/dashboard/okta-synthetics',
  monitor: { deployment: 'okta-synthetics', account: '123456789012', region: 'us-east-1' },
  ...(console && { console }),
};

/** The recorded alarm when it fires and when it resolves. */
export const firing = readRecord(recordOf(metricAlarm)) as AlarmChange;
export const resolved = readRecord(recordOf(resolvedMetricAlarm)) as AlarmChange;

/** Another alarm that fires at the same time. */
export const firingOf = (subject: AlarmSubject): AlarmChange => ({ ...firing, subject });

const good = {
  organization: 'passed',
  'discovery@default': 'passed',
  'keys@default': 'passed',
  'authorize@default': 'passed',
  'token@org': 'passed',
} as const;

const healthy = { ...good, 'token@default': 'passed', 'verify@default': 'passed' } as const;
const broken = { ...good, 'token@default': 'internal-error', 'verify@default': 'skipped' } as const;

/** The log when the token endpoint of `default` has answered with an internal error twice. */
export const firingEvidence = evidenceOf([
  ...runs(minutes('11:47', '11:59'), healthy),
  ...runs(['12:00', '12:01'], broken),
  statusPage(at('12:00')),
]);

/** The log nine minutes after the last of these errors. */
export const resolvedEvidence = evidenceOf(
  [
    ...runs(minutes('11:47', '11:59'), healthy),
    ...runs(minutes('12:00', '12:09'), broken),
    ...runs(minutes('12:10', '12:18'), healthy),
    statusPage(at('12:15')),
  ],
  { firing: { at: at('12:02:07'), reason: metricAlarm.NewStateReason } },
);

/** A message with each of its formats. */
export interface ReadMessage {
  readonly subject: string;
  readonly text: string;
  readonly email: string;
  readonly chat: CustomNotification;
}

export function readMessage({ Subject, Message, MessageStructure }: Omit<SnsMessage, 'TopicArn'>): ReadMessage {
  if (MessageStructure !== 'json') throw new Error('the message has only one format');
  const { default: text, email, https, http } = JSON.parse(Message ?? '');
  if (http !== https) throw new Error('the formats for http and https differ');
  return { subject: Subject ?? '', text, email, chat: JSON.parse(https) };
}

export function messageOf(alarm: AlarmChange, evidence: Evidence, to: Links = links): ReadMessage {
  return readMessage(peopleMessage(composeMessage(alarm, evidence, to)));
}

/** The lines beside a label of the e-mail, or below a title: up to the next label or blank line. */
export function section({ email }: Pick<ReadMessage, 'email'>, label: string): readonly string[] {
  const lines = email.split('\n');
  const start = lines.findIndex((line) => line === label || line.startsWith(label.padEnd(7)));
  if (start < 0) return [];
  const isTitle = lines[start] === label;
  const end = lines.findIndex((line, at) => at > start && (line === '' || (!isTitle && !line.startsWith(' '))));
  const own = lines.slice(isTitle ? start + 1 : start, end < 0 ? undefined : end);
  return own.map((line) => (isTitle ? line : line.slice(7)).trim());
}
