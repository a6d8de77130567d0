import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/diagnosis/finding.ts';
import { type AlarmChange, readRecord } from '../../../../functions/notify/event.ts';
import { incidentOf } from '../../../../functions/notify/incident.ts';
import { expressionAlarm, metricAlarm, recordOf, recoveredAlarm } from '../../../support/alarms.ts';
import { at, evidenceOf, minutes, outcome, runs, statusPage } from '../../../support/log-of.ts';

const rise = readRecord(recordOf(metricAlarm)) as AlarmChange;
const recovery = readRecord(recordOf(recoveredAlarm)) as AlarmChange;
const ticket = readRecord(recordOf(expressionAlarm)) as AlarmChange;

const good = { organization: 'passed', 'authorize@default': 'passed' } as const;
const healthy = { ...good, 'token@default': 'passed', 'verify@default': 'passed' } as const;
const broken = { ...good, 'token@default': 'internal-error', 'verify@default': 'skipped' } as const;
const before = runs(minutes('11:50', '11:59'), healthy);

const places = (incident: ReturnType<typeof incidentOf>) =>
  incident.occurrences.map(({ finding: { code }, targets: seen }) =>
    [code, ...seen.map(({ target, count: bad, runs: all }) => `${target} ${bad}/${all}`)].join(' '),
  );

describe('the incident behind an alarm that rises', () => {
  const incident = incidentOf(rise, evidenceOf([...before, ...runs(['12:00', '12:01'], broken)]));

  it('is called by its finding, and says whose it is', () => {
    expect(incident).toMatchObject({ org: 'acme', code: 'internal-error', domain: 'okta', heading: 'internal-error' });
  });

  it('began with the first bad run, and counts the runs of each place since', () => {
    expect([incident.since, incident.until, incident.startObserved]).toEqual([at('12:00'), rise.changedAt, true]);
    expect(places(incident)).toEqual(['internal-error token@default 2/2']);
  });

  it('tells what still works, and what was not asked because of it', () => {
    expect(incident.stillPassing).toEqual(['organization', 'authorize@default']);
    expect(incident.skipped).toEqual({ 'token failed': ['verify@default'] });
  });

  it('does not take for working what was not asked since it began', () => {
    const once = runs(['11:55'], { 'rate-limits': 'passed', 'keys@org': 'client-refused' });
    const { stillPassing, related } = incidentOf(
      rise,
      evidenceOf([...before, ...once, ...runs(['12:00', '12:01'], broken)]),
    );
    expect([stillPassing, related]).toEqual([['organization', 'authorize@default'], []]);
  });

  it('may be older than the log that was read', () => {
    const all = runs(minutes('11:50', '12:01'), broken);
    expect(incidentOf(rise, evidenceOf(all))).toMatchObject({ startObserved: false, since: at('11:50') });
  });

  it('counts the good runs between the bad ones of an endpoint that comes and goes', () => {
    const flapping = [...before, ...runs(['12:00', '12:02'], broken), ...runs(['12:01', '12:03'], healthy)];
    const { stillPassing, ...found } = incidentOf(rise, evidenceOf(flapping));
    expect(places({ stillPassing, ...found })).toEqual(['internal-error token@default 2/4']);
    expect(stillPassing).not.toContain('token@default');
  });

  it('does not begin in the incident before, which is over', () => {
    const former = runs(['11:48', '11:49', '11:50'], broken);
    const again = [...former, ...runs(minutes('11:51', '11:59'), healthy), ...runs(['12:00', '12:01'], broken)];
    expect(incidentOf(rise, evidenceOf(again))).toMatchObject({ since: at('12:00'), startObserved: true });
  });

  it('is led by what came first', () => {
    const later = runs(['12:00', '12:01'], { 'token@default': 'internal-error', 'token@org': 'gateway-error' });
    const first = [...before, ...runs(['11:59'], { 'token@org': 'gateway-error' }), ...later];
    expect(incidentOf(rise, evidenceOf(first)).occurrences.map((each) => each.finding.code)).toEqual([
      'gateway-error',
      'internal-error',
    ]);
  });

  it('is led by what is at more places, of two that came in one run', () => {
    const one = {
      'token@default': 'gateway-error',
      'token@org': 'internal-error',
      'keys@org': 'internal-error',
    } as const;
    const { occurrences } = incidentOf(rise, evidenceOf(runs(['12:00', '12:01'], one)));
    expect(occurrences.map(({ finding: { code } }) => code)).toEqual(['internal-error', 'gateway-error']);
  });

  it('is not led by what was over long before', () => {
    const noise = runs(['11:53'], { 'keys@default': 'gateway-error' });
    const { code, since } = incidentOf(rise, evidenceOf([...noise, ...runs(['12:00', '12:01'], broken)]));
    expect([code, since]).toEqual(['internal-error', at('12:00')]);
  });

  it('may be a warning of a probe that passed', () => {
    const slow = { status: 'passed', warnings: [finding('clock-skew'), finding('clock-skew')] } as const;
    const subject = { kind: 'findings', org: 'acme', domain: 'clock', severity: 'ticket' } as const;
    const warned = ['12:00', '12:01'].map((time) => outcome(at(time), 'token@default', 'passed', slow));
    expect(places(incidentOf({ ...ticket, subject }, evidenceOf(warned)))).toEqual(['clock-skew token@default 2/2']);
  });

  it('may be what a run found of itself', () => {
    const subject = { kind: 'findings', org: 'acme', domain: 'monitor', severity: 'ticket' } as const;
    const line = { type: 'finding', at: '', org: 'acme', finding: finding('metrics-refused') } as const;
    const found = incidentOf({ ...ticket, subject }, evidenceOf([{ time: at('12:00'), logGroup: 'flows', line }]));
    expect(found).toMatchObject({ code: 'metrics-refused', domain: 'monitor' });
    expect(found.occurrences[0]?.targets).toEqual([{ target: 'the monitor', count: 1, outcomes: [] }]);
  });

  it('tells of what else was found in the org, but not of what only informs', () => {
    const other = runs(['12:00', '12:01'], { 'token@org': 'client-refused', 'status-page': 'announced-incident' });
    const { related, occurrences } = incidentOf(rise, evidenceOf([...runs(['12:00', '12:01'], broken), ...other]));
    expect([occurrences, related].map((all) => all.map((each) => each.finding.code))).toEqual([
      ['internal-error'],
      ['client-refused'],
    ]);
  });

  it('says so where the log has no finding of the kind', () => {
    const incident = incidentOf(rise, evidenceOf(before));
    expect(incident).toMatchObject({
      code: 'okta-page',
      domain: 'okta',
      heading: 'fault-domain-okta',
      occurrences: [],
    });
    expect(incident.summary).toContain('holds no finding');
  });

  it('of a probe with an alarm of its own is what that probe failed with', () => {
    const subject = { kind: 'probe', org: 'acme', probe: 'refuses-unknown-redirect-uri' } as const;
    const contract = runs(['12:00'], {
      'refuses-unknown-redirect-uri@default': 'negative-test-failed',
      'token@org': 'internal-error',
    });
    expect(incidentOf({ ...ticket, subject }, evidenceOf(contract))).toMatchObject({ code: 'negative-test-failed' });
    expect(incidentOf({ ...ticket, subject }, evidenceOf([]))).toMatchObject({
      code: 'refuses-unknown-redirect-uri-failing',
    });
  });

  it('says which probes needed a second try', () => {
    const { line, ...seen } = outcome(at('12:00'), 'keys@org', 'passed', { retriedAfter: 'ECONNRESET' });
    const { stillPassing } = incidentOf(rise, evidenceOf([{ ...seen, line }]));
    expect(stillPassing).toEqual(['keys@org (at the second try, after ECONNRESET)']);
  });
});

describe('the incident behind an alarm that recovers', () => {
  const lines = [...before, ...runs(minutes('12:00', '12:09'), broken), ...runs(minutes('12:10', '12:18'), healthy)];
  const evidence = evidenceOf(lines, { firing: { at: at('12:02:07') } });

  it('lasted from the first bad run to the last', () => {
    const { since, until } = incidentOf(recovery, evidence);
    expect([since, until]).toEqual([at('12:00'), at('12:09')]);
  });

  it('tells what works again, what works, and what still does not', () => {
    const failing = [...lines, ...runs(['12:18'], { 'keys@org': 'client-refused' })];
    expect(incidentOf(recovery, evidenceOf(failing, { firing: { at: at('12:02:07') } }))).toMatchObject({
      passingAgain: ['token@default'],
      stillPassing: ['organization', 'authorize@default', 'verify@default'],
      stillFailing: ['keys@org: client-refused'],
    });
  });

  it('is called as it was when it rose, even if it ended as something else', () => {
    const ended = runs(minutes('12:05', '12:09'), { 'token@default': 'gateway-error' });
    const changed = [...runs(minutes('12:00', '12:04'), broken), ...ended, ...runs(minutes('12:10', '12:18'), healthy)];
    const incident = incidentOf(recovery, evidenceOf(changed, { firing: { at: at('12:02:07') } }));
    expect([incident.code, incident.until]).toEqual(['internal-error', at('12:09')]);
  });

  it('lasted as long as the alarm was up, where the log tells nothing', () => {
    const { since, until } = incidentOf(recovery, evidenceOf([], { firing: { at: at('12:02:07') } }));
    expect([since, until]).toEqual([at('12:02:07'), recovery.changedAt]);
  });
});

describe('the incident of a monitor that is broken or silent', () => {
  const monitor = (id: string) => ({ ...rise, subject: { kind: 'monitor', id } as const });
  const fault = (time: string, name: string, frames = ['at run (run.ts:1:2)']) => ({
    ...{ time: at(time), logGroup: 'flows' },
    line: { type: 'monitor-error', at: '', org: 'acme', name, frames } as const,
  });
  const crash = (time: string, status: string) => ({
    ...{ time: at(time), logGroup: 'flows' },
    line: { type: 'crash', status } as const,
  });

  it.each([
    ['flows-broken', 'monitor-broken'],
    ['status-throttled', 'monitor-throttled'],
    ['limits-not-running', 'monitor-not-running'],
    ['notify-page-broken', 'notify-broken'],
    ['notify-ticket-not-running', 'notify-not-running'],
    ['messages-undelivered-page', 'messages-undelivered'],
    ['something-new', 'monitor-not-running'],
  ])('%s is explained under %s of the runbook', (id, heading) => {
    const incident = incidentOf(monitor(id), { ...evidenceOf([]), lines: [] });
    expect(incident).toMatchObject({ code: id, heading, domain: 'monitor' });
    expect(incident).not.toHaveProperty('org');
    expect(incident).not.toHaveProperty('announcement');
  });

  it('tells its faults, the one that says where it came from first', () => {
    const lines = [
      fault('12:00', 'TypeError'),
      fault('12:01', 'TypeError'),
      ...['12:02', '12:03', '12:04'].map((time) => crash(time, 'timeout')),
    ];
    const { monitorErrors } = incidentOf(monitor('flows-broken'), { ...evidenceOf([]), lines });
    expect(monitorErrors).toEqual([
      { name: 'TypeError', times: 2, last: at('12:01'), frames: ['at run (run.ts:1:2)'] },
      { name: 'ended by timeout', times: 3, last: at('12:04'), frames: [] },
    ]);
  });

  it('does not count twice what was logged and then thrown', () => {
    const lines = [fault('12:00', 'TypeError'), crash('12:00', 'failure')];
    const { monitorErrors } = incidentOf(monitor('flows-broken'), { ...evidenceOf([]), lines });
    expect(monitorErrors.map(({ name }) => name)).toEqual(['TypeError']);
  });

  it('tells when each function was last heard of', () => {
    const subject = { kind: 'not-running', org: 'acme' } as const;
    const evidence = evidenceOf([statusPage(at('11:50')), ...runs(['11:57', '11:58'], healthy)], {
      logGroups: ['/aws/lambda/okta-synthetics-flows', 'limits'],
    });
    expect(incidentOf({ ...rise, subject, lookBackMs: 60_000 }, evidence)).toMatchObject({
      code: 'not-running',
      heading: 'monitor-not-running',
      lastLogAt: { '/aws/lambda/okta-synthetics-flows': at('11:58'), limits: undefined },
      stillPassing: [],
    });
  });
});
