import { describe, expect, it } from 'vitest';
import { finding } from '../../../../functions/findings/finding.ts';
import type { LoggedLine } from '../../../../functions/model/log-line.ts';
import { audienceOfDrills } from '../../../../functions/notify/audience.ts';
import { drilledEvidence, drillIn, drillOf } from '../../../../functions/notify/drill.ts';
import type { AlarmChange } from '../../../../functions/notify/event.ts';
import { composeMessage } from '../../../../functions/notify/message.ts';
import { outlets } from '../../../../functions/notify/outlets.ts';
import { sendingsOf } from '../../../../functions/notify/sendings.ts';
import { readSettings } from '../../../../functions/notify/settings.ts';
import { incidentBody, type OpenIncident, readIncident } from '../../../../functions/state/incident-item.ts';
import { at, evidenceOf, flowsLog, minutes, runs } from '../../../support/log-of.ts';
import { firing, links, messageOf, resolved, section } from '../../../support/messages.ts';

const healthy = runs(minutes('11:50', '12:01'), { organization: 'passed', 'token@default': 'passed' });

function drilled(time: string, more: object = {}): LoggedLine {
  const line = { type: 'drill', at: new Date(at(time)).toISOString(), org: 'acme', finding: finding('internal-error') };
  return { time: at(time), logGroup: flowsLog, line: { ...line, by: 'Admin/jane', ...more } } as LoggedLine;
}

const both = [drilled('12:00'), drilled('12:01')];

describe('an alarm during a drill', () => {
  it('is a drill if nothing but the drill explains it', () => {
    expect(drillIn(firing, evidenceOf([...healthy, ...both]))).toMatchObject({ drill: { by: 'Admin/jane' } });
  });

  it('is told to the people of the route if any of its runs was to tell them', () => {
    const { drill } = drillIn(firing, evidenceOf([drilled('12:00', { page: true }), drilled('12:01')])) ?? {};
    expect(drill).toEqual({ by: 'Admin/jane', page: true });
  });

  it('is real if one run reports the same for another reason, and the message says so', () => {
    const evidence = evidenceOf([...healthy, ...both, ...runs(['12:01'], { 'token@default': 'gateway-error' })]);
    const found = drillIn(firing, evidence);
    expect([found?.drill, found?.note]).toEqual([undefined, expect.stringContaining('is real')]);
    const message = messageOf({ ...firing, ...found }, evidence);
    expect(message.subject).toMatch(/^PAGE acme/);
    expect(section(message, 'NOTE').join(' ')).toContain('Admin/jane drills');
    expect(message.email).not.toContain('internal-error');
  });

  it('is a drill although the same was real in an incident that is over', () => {
    const old = runs(['11:30', '11:31'], { 'token@default': 'internal-error' });
    expect(drillIn(firing, evidenceOf([...old, ...healthy, ...both]))).toHaveProperty('drill');
  });

  it('is real, and nothing is said of a drill, if that is over', () => {
    const old = [drilled('11:30'), drilled('11:31')];
    const real = runs(['12:00', '12:01'], { 'token@default': 'internal-error' });
    expect(drillIn(firing, evidenceOf([...old, ...healthy, ...real]))).toBeUndefined();
  });

  it('is real if some of the evidence could not be read', () => {
    const gaps = [{ kind: 'unreadable', sentence: 'the log could not be read' }] as const;
    const found = drillIn(firing, evidenceOf([...healthy, ...both], { gaps }));
    expect([found?.drill, found?.note]).toEqual([undefined, expect.stringContaining('that may be all')]);
  });

  it.each([
    ['of another fault domain', { ...firing, subject: { ...firing.subject, domain: 'network' } }],
    ['of another severity', { ...firing, subject: { ...firing.subject, severity: 'ticket' } }],
    ['about the monitor itself', { ...firing, subject: { kind: 'not-running', org: 'acme' } }],
  ])('has nothing to do with the drill if it is one %s', (_, alarm) => {
    expect(drillIn(alarm as AlarmChange, evidenceOf([...healthy, ...both]))).toBeUndefined();
  });

  it('in another fault domain does not list what is drilled among what else fails', () => {
    const other = { ...firing, subject: { ...firing.subject, domain: 'network' } } as AlarmChange;
    const evidence = evidenceOf([...both, ...runs(['12:00', '12:01'], { 'token@default': 'connection-refused' })]);
    expect(messageOf(other, evidence).email).not.toContain('internal-error');
  });
});

describe('the message about a drill', () => {
  const evidence = evidenceOf([...healthy, ...both]);
  const change = { ...firing, ...drillIn(firing, evidence) };
  const message = messageOf(change, drilledEvidence(evidence));
  const over = { ...resolved, ...drillOf({ drill: { by: 'Admin/jane' } }) };

  it('says in its subject and in its first words that it is one', () => {
    expect(message.subject).toMatch(/^DRILL PAGE acme: .*Okta 500/);
    expect(message.email).toMatch(/^DRILL: nothing is wrong/);
    expect(message.chat.content.title).toMatch(/^DRILL PAGE acme/);
    expect(message.chat.content.description).toMatch(/^DRILL: nothing is wrong/);
  });

  it('says who drills, and has what a real message would have', () => {
    expect(section(message, 'NOTE').join(' ')).toMatch(/^Admin\/jane drills.*Nothing is wrong/);
    expect(section(message, 'SEEN').join(' ')).toContain('internal-error');
    expect(section(message, 'DO')).not.toEqual([]);
  });

  it('says so in each format for programs', () => {
    const notification = composeMessage(change, drilledEvidence(evidence), links);
    expect(JSON.parse(outlets.json.format(notification))).toMatchObject({ drill: true, subject: message.subject });
    expect(JSON.parse(outlets.cloudwatch.format(notification)).NewStateReason).toMatch(/^DRILL PAGE/);
    expect(outlets.pagerduty.detail(notification).payload.summary).toMatch(/^DRILL PAGE/);
    expect(message.chat.metadata.additionalContext).toHaveProperty('drill', 'true');
  });

  it('tells the end of it as the end of a drill', () => {
    const end = messageOf(over, drilledEvidence(evidence));
    expect(end.subject).toMatch(/^DRILL RESOLVED acme/);
    expect(end.email).toMatch(/^DRILL, and its end: nothing is wrong/);
  });

  it('has nothing of a drill in it if it is real', () => {
    const real = messageOf(firing, evidenceOf(runs(['12:00', '12:01'], { 'token@default': 'internal-error' })));
    expect(JSON.stringify(real)).not.toMatch(/drill/i);
  });
});

describe('those who receive drills', () => {
  const environment = {
    ...{ ROUTE: 'page', PEOPLE_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:pages', OUTLETS_PAGE: 'json,pagerduty' },
    ...{ RUNBOOK: 'runbook.md', DEPLOYMENT: 'a', DASHBOARD: 'a-us-east-1', LOG_GROUPS: '/aws/lambda/a-flows' },
  };

  it('get a message on their topic, and neither PagerDuty nor a rule on the event bus gets one', () => {
    const arn = 'arn:aws:sns:us-east-1:123456789012:a-drills';
    const audience = audienceOfDrills(readSettings({ ...environment, DRILL_TOPIC_ARN: arn }));
    const sendings = audience ? sendingsOf(composeMessage(firing, evidenceOf(both), links), audience) : [];
    expect(sendings).toEqual([{ to: 'topic', outlet: 'people', message: expect.objectContaining({ TopicArn: arn }) }]);
  });

  it('are nobody if the deployment has none', () => {
    expect(audienceOfDrills(readSettings(environment))).toBeUndefined();
  });
});

describe('an incident that is a drill', () => {
  it('is still one after it was stored, and a real one is none', () => {
    const incident: OpenIncident = {
      ...{
        alarm: firing.name,
        state: 'firing',
        route: 'page',
        topicArn: 'arn:pages',
        firedAt: at('12:02'),
        reason: '',
      },
      ...{ lookBackMs: 600_000, runsToAlarm: 2, since: at('12:00'), startObserved: true, toldAt: at('12:02') },
      document: {},
    };
    const stored = (drill?: OpenIncident['drill']) =>
      readIncident(JSON.parse(JSON.stringify(incidentBody({ ...incident, ...(drill && { drill }) }))))?.drill;
    expect([stored({ by: 'jane' }), stored({ by: 'jane', page: true }), stored()]).toEqual([
      { by: 'jane' },
      { by: 'jane', page: true },
      undefined,
    ]);
  });
});
