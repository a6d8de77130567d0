import { describe, expect, it } from 'vitest';
import type { AlarmSubject } from '../../../../functions/findings/alarm-subject.ts';
import { finding } from '../../../../functions/findings/finding.ts';
import type { LogLine } from '../../../../functions/model/log-line.ts';
import { type AlarmChange, readRecord } from '../../../../functions/notify/event.ts';
import { incidentOf } from '../../../../functions/notify/incident.ts';
import { expressionAlarm, recordOf } from '../../../support/alarms.ts';
import { at, evidenceOf, exchange, minutes, outcome, runs, statusPage } from '../../../support/log-of.ts';
import { firing, firingOf, resolved } from '../../../support/messages.ts';

const ticket = readRecord(recordOf(expressionAlarm)) as AlarmChange;

const good = { organization: 'passed', 'authorize@default': 'passed' } as const;
const healthy = { ...good, 'token@default': 'passed', 'verify@default': 'passed' } as const;
const broken = { ...good, 'token@default': 'internal-error', 'verify@default': 'skipped' } as const;
const before = runs(minutes('11:50', '11:59'), healthy);

/** The findings with their targets, as `code target bad/all`. */
const countsOf = ({ occurrences }: Pick<ReturnType<typeof incidentOf>, 'occurrences'>) =>
  occurrences.map(({ finding: { code }, targets }) =>
    [code, ...targets.map(({ target, count: bad, runs: all }) => `${target} ${bad}/${all}`)].join(' '),
  );

describe('the incident of an alarm that fires', () => {
  const incident = incidentOf(firing, evidenceOf([...before, ...runs(['12:00', '12:01'], broken)]));

  it('has the code and the fault domain of its finding', () => {
    expect(incident).toMatchObject({ org: 'acme', code: 'internal-error', domain: 'okta', heading: 'internal-error' });
  });

  it('began with the first bad run, and counts the runs at each target since then', () => {
    expect([incident.since, incident.until, incident.startObserved]).toEqual([at('12:00'), firing.changedAt, true]);
    expect(countsOf(incident)).toEqual(['internal-error token@default 2/2']);
  });

  it('lists what still passes, and what was skipped', () => {
    expect(incident.stillPassing).toEqual(['organization', 'authorize@default']);
    expect(incident.skipped).toEqual({ 'token failed': ['verify@default'] });
  });

  it('lists what failed by the same cause apart from what could not be checked', () => {
    const explained = outcome(at('12:00'), 'token@default', 'skipped', {
      because: 'organization failed: internal-error',
      exchanges: [exchange(at('12:00'), '/oauth2/default/v1/token', { status: 500 })],
    } as Partial<LogLine>);
    const failing = runs(['12:00'], { organization: 'internal-error', 'verify@default': 'skipped' });
    const { explained: targets, skipped, impact } = incidentOf(firing, evidenceOf([...before, ...failing, explained]));
    expect([targets, skipped]).toEqual([['token@default'], { 'token failed': ['verify@default'] }]);
    expect(impact?.clause).toContain('tokens');
  });

  it('does not list as passing a target that was not checked since it began', () => {
    const once = runs(['11:55'], { 'rate-limits': 'passed', 'keys@org': 'client-refused' });
    const { stillPassing, related } = incidentOf(
      firing,
      evidenceOf([...before, ...once, ...runs(['12:00', '12:01'], broken)]),
    );
    expect([stillPassing, related]).toEqual([['organization', 'authorize@default'], []]);
  });

  it('may be older than the log that was read', () => {
    const all = runs(minutes('11:50', '12:01'), broken);
    expect(incidentOf(firing, evidenceOf(all))).toMatchObject({ startObserved: false, since: at('11:50') });
  });

  it('counts the good runs of an endpoint that fails intermittently', () => {
    const flapping = [...before, ...runs(['12:00', '12:02'], broken), ...runs(['12:01', '12:03'], healthy)];
    const flappingIncident = incidentOf(firing, evidenceOf(flapping));
    expect(countsOf(flappingIncident)).toEqual(['internal-error token@default 2/4']);
    expect(flappingIncident.stillPassing).not.toContain('token@default');
  });

  it('does not include the previous incident', () => {
    const former = runs(['11:48', '11:49', '11:50'], broken);
    const again = [...former, ...runs(minutes('11:51', '11:59'), healthy), ...runs(['12:00', '12:01'], broken)];
    expect(incidentOf(firing, evidenceOf(again))).toMatchObject({ since: at('12:00'), startObserved: true });
  });

  it('has the finding that was reported first as its leading finding', () => {
    const later = runs(['12:00', '12:01'], { 'token@default': 'internal-error', 'token@org': 'gateway-error' });
    const first = [...before, ...runs(['11:59'], { 'token@org': 'gateway-error' }), ...later];
    expect(incidentOf(firing, evidenceOf(first)).occurrences.map((each) => each.finding.code)).toEqual([
      'gateway-error',
      'internal-error',
    ]);
  });

  it('has the finding with more targets as its leading finding if two were reported in the same run', () => {
    const one = {
      'token@default': 'gateway-error',
      'token@org': 'internal-error',
      'keys@org': 'internal-error',
    } as const;
    const { occurrences } = incidentOf(firing, evidenceOf(runs(['12:00', '12:01'], one)));
    expect(occurrences.map(({ finding: { code } }) => code)).toEqual(['internal-error', 'gateway-error']);
  });

  it('leads with the probe of the org itself if others fail as often, with the details of that probe', () => {
    const all = {
      'rate-limits': 'connect-timeout',
      organization: 'connect-timeout',
      'keys@org': 'connect-timeout',
    } as const;
    const subject = { kind: 'findings', org: 'acme', domain: 'network', severity: 'page' } as const;
    const [lead] = incidentOf(firingOf(subject), evidenceOf(runs(['12:00', '12:01'], all))).occurrences;
    expect(lead?.targets.map(({ target }) => target)).toEqual(['organization', 'rate-limits', 'keys@org']);
    expect(lead?.finding.detail).toContain('okta-organization');
  });

  it('does not have a finding that ended long before as its leading finding', () => {
    const noise = runs(['11:53'], { 'keys@default': 'gateway-error' });
    const { code, since } = incidentOf(firing, evidenceOf([...noise, ...runs(['12:00', '12:01'], broken)]));
    expect([code, since]).toEqual(['internal-error', at('12:00')]);
  });

  it('can be a warning of a probe that passed', () => {
    const slow = { status: 'passed', warnings: [finding('clock-skew'), finding('clock-skew')] } as const;
    const subject = { kind: 'findings', org: 'acme', domain: 'clock', severity: 'ticket' } as const;
    const warned = ['12:00', '12:01'].map((time) => outcome(at(time), 'token@default', 'passed', slow));
    expect(countsOf(incidentOf({ ...ticket, subject }, evidenceOf(warned)))).toEqual(['clock-skew token@default 2/2']);
  });

  it('can be a finding about the run itself', () => {
    const subject = { kind: 'findings', org: 'acme', domain: 'monitor', severity: 'ticket' } as const;
    const line = { type: 'finding', at: '', org: 'acme', finding: finding('metrics-refused') } as const;
    const found = incidentOf({ ...ticket, subject }, evidenceOf([{ time: at('12:00'), logGroup: 'flows', line }]));
    expect(found).toMatchObject({ code: 'metrics-refused', domain: 'monitor' });
    expect(found.occurrences[0]?.targets).toEqual([{ target: 'the run', count: 1, outcomes: [] }]);
  });

  it('lists the other findings of the org, except those that only inform', () => {
    const other = runs(['12:00', '12:01'], { 'token@org': 'client-refused', 'status-page': 'status-unknown' });
    const { related, occurrences } = incidentOf(firing, evidenceOf([...runs(['12:00', '12:01'], broken), ...other]));
    expect([occurrences, related].map((all) => all.map((each) => each.finding.code))).toEqual([
      ['internal-error'],
      ['client-refused'],
    ]);
  });

  it('has no finding and no impact if the logs contain none', () => {
    const incident = incidentOf(firing, evidenceOf(before));
    expect(incident).toMatchObject({ heading: 'fault-domain-okta', brief: 'no evidence', occurrences: [] });
    expect(incident).not.toHaveProperty('code');
    expect(incident).not.toHaveProperty('impact');
  });

  it('has the finding of the failing probe if the probe has its own alarm', () => {
    const subject = { kind: 'probe-failing', org: 'acme', probe: 'refuses-unknown-redirect-uri' } as const;
    const negativeTest = runs(['12:00'], {
      'refuses-unknown-redirect-uri@default': 'negative-test-failed',
      'token@org': 'internal-error',
    });
    expect(incidentOf({ ...ticket, subject }, evidenceOf(negativeTest))).toMatchObject({
      code: 'negative-test-failed',
    });
    expect(incidentOf({ ...ticket, subject }, evidenceOf([]))).not.toHaveProperty('code');
  });

  it('says which probes passed on the second try', () => {
    const { line, ...seen } = outcome(at('12:00'), 'keys@org', 'passed', { retriedAfter: 'ECONNRESET' });
    const { stillPassing } = incidentOf(firing, evidenceOf([{ ...seen, line }]));
    expect(stillPassing).toEqual(['keys@org (on the second try, after ECONNRESET)']);
  });
});

describe('the incident of an alarm that has resolved', () => {
  const lines = [...before, ...runs(minutes('12:00', '12:09'), broken), ...runs(minutes('12:10', '12:18'), healthy)];
  const evidence = evidenceOf(lines, { firing: { at: at('12:02:07') } });

  it('lasted from the first bad run to the last', () => {
    const { since, until } = incidentOf(resolved, evidence);
    expect([since, until]).toEqual([at('12:00'), at('12:09')]);
  });

  it('lists what passes again, what still passes and what still fails', () => {
    const failing = [...lines, ...runs(['12:18'], { 'keys@org': 'client-refused' })];
    expect(incidentOf(resolved, evidenceOf(failing, { firing: { at: at('12:02:07') } }))).toMatchObject({
      passingAgain: ['token@default'],
      stillPassing: ['organization', 'authorize@default', 'verify@default'],
      stillFailing: ['keys@org: client-refused'],
    });
  });

  it('keeps the code that it had when the alarm fired, even if it ended with another finding', () => {
    const ended = runs(minutes('12:05', '12:09'), { 'token@default': 'gateway-error' });
    const changed = [...runs(minutes('12:00', '12:04'), broken), ...ended, ...runs(minutes('12:10', '12:18'), healthy)];
    const incident = incidentOf(resolved, evidenceOf(changed, { firing: { at: at('12:02:07') } }));
    expect([incident.code, incident.until]).toEqual(['internal-error', at('12:09')]);
  });

  it('lasted as long as the alarm fired if the log contains no finding', () => {
    const { since, until } = incidentOf(resolved, evidenceOf([], { firing: { at: at('12:02:07') } }));
    expect([since, until]).toEqual([at('12:02:07'), resolved.changedAt]);
  });
});

describe('the incident of a monitor that is broken or does not run', () => {
  const error = (time: string, name: string, frames = ['at run (run.ts:1:2)']) => ({
    ...{ time: at(time), logGroup: 'flows' },
    line: { type: 'monitor-error', at: '', org: 'acme', name, frames } as const,
  });
  it.each<[AlarmSubject, string, string]>([
    [{ kind: 'group-broken', group: 'flows' }, 'flows-broken', 'monitor-broken'],
    [{ kind: 'group-broken', group: 'negative-tests' }, 'negative-tests-broken', 'monitor-broken'],
    [{ kind: 'group-throttled', group: 'status' }, 'status-throttled', 'monitor-throttled'],
    [{ kind: 'group-not-running', group: 'limits' }, 'limits-not-running', 'monitor-not-running'],
    [{ kind: 'notify-broken', route: 'page' }, 'notify-page-broken', 'notify-broken'],
    [{ kind: 'notify-not-running', route: 'ticket' }, 'notify-ticket-not-running', 'notify-not-running'],
    [
      { kind: 'messages-undelivered', receiver: 'pages-email' },
      'messages-undelivered-pages-email',
      'messages-undelivered',
    ],
  ])('of %j has the code %s and links to %s in the runbook', (subject, code, heading) => {
    const incident = incidentOf(firingOf(subject), { ...evidenceOf([]), lines: [] });
    expect(incident).toMatchObject({ code, heading, domain: 'monitor' });
    expect(incident).not.toHaveProperty('org');
    expect(incident).not.toHaveProperty('oktaStatus');
  });

  it('lists the errors of the monitor, the most frequent first', () => {
    const lines = [error('12:00', 'RangeError'), ...['12:01', '12:02'].map((time) => error(time, 'TypeError'))];
    const { monitorErrors } = incidentOf(firingOf({ kind: 'not-running', org: 'acme' }), { ...evidenceOf([]), lines });
    expect(monitorErrors).toEqual([
      { name: 'TypeError', times: 2, last: at('12:02'), frames: ['at run (run.ts:1:2)'] },
      { name: 'RangeError', times: 1, last: at('12:00'), frames: ['at run (run.ts:1:2)'] },
    ]);
  });

  it('contains the time of the last log of each function', () => {
    const subject = { kind: 'not-running', org: 'acme' } as const;
    const evidence = evidenceOf([statusPage(at('11:50')), ...runs(['11:57', '11:58'], healthy)], {
      logGroups: ['/aws/lambda/okta-synthetics-flows', 'limits'],
    });
    expect(incidentOf({ ...firingOf(subject), lookBackMs: 60_000 }, evidence)).toMatchObject({
      code: 'not-running',
      heading: 'monitor-not-running',
      lastLogAt: { '/aws/lambda/okta-synthetics-flows': at('11:58'), limits: undefined },
      stillPassing: [],
    });
  });
});
