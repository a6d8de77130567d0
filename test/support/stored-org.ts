import { type AlarmSubject, alarmName } from '../../functions/findings/alarm-subject.ts';
import type { Group } from '../../functions/model/probe.ts';
import type { GroupState } from '../../functions/model/state.ts';
import { type NewRun, withRun } from '../../functions/state/history.ts';
import { incidentBody, type OpenIncident } from '../../functions/state/incident-item.ts';
import type { StoredItem } from '../../functions/state/state-table.ts';

const stored = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value));

/** The item of a group after some runs, as it comes back from the table. */
export function groupItem(group: Group, runs: readonly NewRun[]): StoredItem {
  const state = runs.reduce<GroupState | undefined>((before, run) => stored(withRun(before, run)), undefined);
  return { org: 'acme', item: `group#${group}`, body: state, revision: 1 };
}

/** The item of an incident that people were told of. */
export function incidentItem(
  subject: AlarmSubject,
  incident: Pick<OpenIncident, 'since'> & Partial<OpenIncident>,
): StoredItem {
  const alarm = alarmName(subject);
  const body = incidentBody({
    ...{ alarm, state: 'firing', route: 'page', topicArn: 'arn:aws:sns:us-east-1:123456789012:pages' },
    ...{ firedAt: incident.since + 120_000, toldAt: incident.since + 120_000, startObserved: true },
    ...{ reason: 'Threshold Crossed', lookBackMs: 600_000, runsToAlarm: 2, document: {} },
    ...incident,
  });
  return { org: 'acme', item: `incident#${alarm}`, body: stored(body), revision: 1 };
}
