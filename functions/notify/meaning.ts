import type { AlarmSubject } from '../alarms/subject.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import type { Finding } from '../model/finding.ts';
import { monitorAlarm } from './monitor-alarms.ts';

/** What an incident is called, whose it is, and what to do. */
export interface Meaning {
  /** The code of the finding that leads; where the log has none, what the alarm is called. */
  readonly code: string;
  readonly domain: FaultDomain;
  readonly summary: string;
  readonly remedy: readonly string[];
  /** The heading of the runbook. */
  readonly heading: string;
}

/** The meaning of an alarm: its finding's, where the log has one. */
export function meaningOf(subject: AlarmSubject, lead: Finding | undefined): Meaning {
  if (lead) {
    const { code, domain, summary, remedy } = lead;
    return { code, domain, summary, remedy, heading: code };
  }
  switch (subject.kind) {
    case 'findings': {
      const { domain, severity } = subject;
      const summary = `A ${severity} for the fault domain ${domain}, but the log that was read holds no finding of it.`;
      return { code: `${domain}-${severity}`, domain, summary, remedy: searchLog, heading: `fault-domain-${domain}` };
    }
    case 'probe': {
      const summary = `${subject.probe} fails, but the log that was read does not tell why.`;
      const code = `${subject.probe}-failing`;
      return { code, domain: 'configuration', summary, remedy: searchLog, heading: 'negative-test-failed' };
    }
    case 'not-running':
      return { code: 'not-running', domain: 'monitor', ...monitorAlarm(subject) };
    case 'monitor':
      return { code: subject.id, domain: 'monitor', ...monitorAlarm(subject) };
    default:
      return subject satisfies never;
  }
}

const searchLog = ['Search the logs of the probe functions: the runbook begins with the command'];
