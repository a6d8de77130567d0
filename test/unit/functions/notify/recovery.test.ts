import { describe, expect, it } from 'vitest';
import type { FindingCode } from '../../../../functions/findings/finding.ts';
import { finding } from '../../../../functions/findings/finding.ts';
import type { DrillLine } from '../../../../functions/model/log-line.ts';
import type { GroupState } from '../../../../functions/model/state.ts';
import { nextStep, unsentStep } from '../../../../functions/notify/recovery.ts';
import { type RunLine, withRun } from '../../../../functions/state/history.ts';
import { messageKey, type OpenIncident } from '../../../../functions/state/incident-item.ts';
import type { Kept } from '../../../../functions/state/kept.ts';
import { at, outcome } from '../../../support/log-of.ts';
import { firing } from '../../../support/messages.ts';

const minuteMs = 60_000;
const noon = at('12:00');
const { subject } = firing;

/** What each run reports of the token probe: `B`ad, `G`ood, something `e`lse, `s`kipped; `.` is a run that is missing. `D` is good, and somebody drills. */
const statuses: Readonly<Record<string, 'passed' | 'skipped' | FindingCode>> = {
  ...{ B: 'internal-error', G: 'passed', D: 'passed', e: 'client-refused', s: 'skipped' },
};

function drilledAt(time: number): DrillLine {
  const stamp = { at: new Date(time).toISOString(), org: 'acme' };
  return { type: 'drill', ...stamp, finding: finding('internal-error'), by: 'jane' };
}

function keptOf(pattern: string, intervalMinutes = 1): Kept {
  const flows = [...pattern].reduce<GroupState | undefined>((state, letter, index) => {
    const [time, status] = [noon + index * intervalMinutes * minuteMs, statuses[letter]];
    if (status === undefined) return state;
    const lines: RunLine[] = [
      outcome(time, 'organization', 'passed').line,
      outcome(time, 'token@default', status).line,
    ];
    if (letter === 'D') lines.push(drilledAt(time));
    return withRun(state, { org: 'acme', at: time, intervalMinutes, lines });
  }, undefined);
  return { org: 'acme', states: flows ? { flows } : {}, incidents: new Map(), told: new Map(), changes: [] };
}

const open: OpenIncident = {
  ...{ alarm: firing.name, state: 'firing', route: 'page', topicArn: 'arn:aws:sns:us-east-1:123456789012:pages' },
  ...{ firedAt: noon + 2 * minuteMs, reason: '', lookBackMs: 10 * minuteMs, runsToAlarm: 2 },
  ...{ since: noon, startObserved: true, toldAt: noon + 2 * minuteMs, document: {} },
};

/** The next step, half a minute after the last run. */
function stepAfter(pattern: string, incident: Partial<OpenIncident> = {}, remindAfterMs?: number, intervalMinutes = 1) {
  const now = noon + ((pattern.length - 1) * intervalMinutes + 0.5) * minuteMs;
  return nextStep({ ...open, ...incident }, subject, keptOf(pattern, intervalMinutes), { now, remindAfterMs });
}

/** The steps that the sweep takes, run by run. */
function stepsDuring(pattern: string): string {
  let incident = open;
  return [...pattern]
    .map((_, index) => {
      if (index < 2) return '';
      const step = stepAfter(pattern.slice(0, index + 1), incident);
      const now = noon + (index + 0.5) * minuteMs;
      if (step === 'recovered') incident = { ...incident, state: step, recoveredAt: now };
      if (step === 'again') incident = { ...incident, state: step };
      return step ?? '';
    })
    .filter(Boolean)
    .join(' ');
}

describe('an incident has recovered', () => {
  it.each([
    ['BBGGG', undefined],
    ['BBGGGG', 'recovered'],
    ['BBGGGeGGG', undefined],
    ['BBGGsGG', undefined],
    ['BBGG..GG', undefined],
    ['BBGG...GGGG', 'recovered'],
  ])('after %s: %s', (pattern, step) => {
    expect(stepAfter(pattern)).toBe(step);
  });

  it('within five minutes of the last bad run, if it runs each minute', () => {
    const goodRuns = [1, 2, 3, 4, 5, 6].find((count) => stepAfter(`BB${'G'.repeat(count)}`) === 'recovered');
    // The sweep comes within a minute of the run.
    expect((goodRuns ?? 0) + 1).toBeLessThanOrEqual(5);
  });

  it('only after a longer pause than ever before', () => {
    expect(stepAfter('BGGGGGBGGGGG')).toBeUndefined();
    expect(stepAfter('BGGGGGBGGGGGG')).toBe('recovered');
  });

  it('not if its last run is long ago', () => {
    const now = noon + 30 * minuteMs;
    expect(nextStep(open, subject, keptOf('BBGGGGG'), { now })).toBeUndefined();
  });

  it('not while the same domain has a finding that is worse', () => {
    const ticket = { ...subject, severity: 'ticket' } as typeof subject;
    expect(nextStep(open, ticket, keptOf('BBBBBB'), { now: noon + 5 * minuteMs })).toBeUndefined();
  });

  it('only when every group that reported it is good again', () => {
    const [good, bad] = [keptOf('BBGGGG'), keptOf('BBGGGB')].map(({ states }) => states.flows);
    const stepOf = (limits: typeof good) =>
      nextStep(
        open,
        subject,
        { ...keptOf(''), states: { ...(good && { flows: good }), ...(limits && { limits }) } },
        {
          now: noon + 5.5 * minuteMs,
        },
      );
    expect(stepOf(bad)).toBeUndefined();
    expect(stepOf(good)).toBe('recovered');
  });

  it('by runs and not by minutes, if it runs rarely', () => {
    expect(stepAfter('BBGGG', {}, undefined, 5)).toBeUndefined();
    expect(stepAfter('BBGGGG', {}, undefined, 5)).toBe('recovered');
  });
});

describe('an endpoint that flaps', () => {
  it.each(['BG'.repeat(9), 'BGG'.repeat(7), `B${'BGGG'.repeat(5)}`, 'BBGGG'.repeat(4), 'BBBGG'.repeat(4)])(
    'is told nothing of in between: %s',
    (pattern) => {
      expect(stepsDuring(pattern)).toBe('');
    },
  );

  it('is told to be over and to be back once, however often it is', () => {
    expect(stepsDuring('BBGGGGGG'.repeat(4))).toBe('recovered again');
  });
});

describe('a problem that is back', () => {
  it.each([
    ['BBGGGGB', undefined],
    ['BBGGGGBB', 'again'],
    ['BBGGGGBGB', 'again'],
  ])('after %s: %s', (pattern, step) => {
    const recoveredAt = noon + 5.5 * minuteMs;
    expect(stepAfter(pattern, { state: 'recovered', recoveredAt })).toBe(step);
  });

  it('is not told for bad runs that are further apart than the alarm looks back', () => {
    const recovered = { state: 'recovered', recoveredAt: noon + 5.5 * minuteMs } as const;
    expect(stepAfter(`BBGGGGB${'G'.repeat(8)}B`, recovered)).toBe('again');
    expect(stepAfter(`BBGGGGB${'G'.repeat(9)}B`, recovered)).toBeUndefined();
  });

  it('is told once: from then on CloudWatch ends the incident', () => {
    expect(stepAfter('BBGGGGBBGGGGGGGG', { state: 'again' })).toBeUndefined();
  });
});

describe('a reminder', () => {
  const hour = 60 * minuteMs;
  const remindedAfter = (minutes: number, incident: Partial<OpenIncident>, remindAfterMs?: number) =>
    nextStep({ ...open, ...incident }, subject, keptOf('BBBB'), {
      now: open.toldAt + minutes * minuteMs,
      remindAfterMs,
    });

  it.each([
    ['a page that stands for so long', 60, {}, hour, 'reminder'],
    ['a page that was told since', 59, {}, hour, undefined],
    ['a page that is back', 60, { state: 'again' }, hour, 'reminder'],
    ['a page that has recovered', 60, { state: 'recovered', recoveredAt: noon + hour }, hour, undefined],
    ['a page that has resolved', 60, { state: 'resolved' }, hour, undefined],
    ['a ticket', 60, { route: 'ticket' }, hour, undefined],
    ['a page without a setting', 600, {}, undefined, undefined],
  ] as const)('of %s', (_, minutes, incident, setting, step) => {
    expect(remindedAfter(minutes, incident, setting)).toBe(step);
  });
});

describe('a message that some receivers did not get', () => {
  const stepOf = (step: string, minutes = 0) =>
    unsentStep({ ...open, unsent: messageKey(open.alarm, open.firedAt, step) }, open.toldAt + minutes * minuteMs);

  it.each([
    ['firing', 'firing'],
    ['resolved', 'recovered'],
    ['resolved again', 'recovered'],
    ['again', 'again'],
    [`reminder after ${open.toldAt}`, 'reminder'],
    ['a step of another version', undefined],
  ])('about %s is repeated as the step %s', (step, expected) => {
    expect(stepOf(step)).toBe(expected);
  });

  it('is repeated for an hour', () => {
    expect(stepOf('firing', 60)).toBe('firing');
    expect(stepOf('firing', 61)).toBeUndefined();
    expect(unsentStep(open, open.toldAt)).toBeUndefined();
  });
});

describe('something that is told once', () => {
  const notices = (keys: readonly (readonly string[] | undefined)[], told: readonly string[] = []): Kept => {
    const health = keys.reduce<GroupState | undefined>((state, once, index) => {
      const time = noon + index * 15 * minuteMs;
      const { line } = outcome(time, 'token@default', once ? 'internal-error' : 'passed');
      const lines = [
        line.type === 'outcome' && line.status === 'failed' && once && once.length > 0
          ? { ...line, finding: { ...line.finding, once } }
          : line,
      ];
      return withRun(state, { org: 'acme', at: time, intervalMinutes: 15, lines });
    }, undefined);
    return {
      ...{
        org: 'acme',
        incidents: new Map(),
        changes: [],
        told: new Map(told.map((key) => [key, '2026-11-21T12:00:00Z'])),
      },
      states: health ? { limits: health } : {},
    };
  };
  const step = (kept: Kept, incident: Partial<OpenIncident> = {}) =>
    nextStep({ ...open, ...incident }, subject, kept, { now: noon + 60 * minuteMs });

  it('is told although the alarm fires for something else, and not again', () => {
    expect(step(notices([['payroll#14'], ['payroll#14']]))).toBe('also');
    expect(step(notices([['payroll#14'], ['payroll#14']], ['payroll#14']))).toBeUndefined();
    expect(step(notices([['payroll#14'], ['payroll#14', 'wiki#30']], ['payroll#14']))).toBe('also');
  });

  it('is not told any more if the last run does not report it', () => {
    expect(step(notices([['payroll#14'], undefined]))).toBeUndefined();
  });

  it('has no recovery, because a run that does not report it need not mean that it is mended', () => {
    const over = notices([['payroll#14'], ['payroll#14'], undefined, undefined, undefined, undefined], ['payroll#14']);
    expect(step(over, { isNotice: true })).toBeUndefined();
  });

  it('does not hide what lasts: as soon as the alarm would have fired for it, it is told', () => {
    const isNotice = true;
    const told = ['payroll#14'];
    expect(step(notices([told, told, []], told), { isNotice })).toBeUndefined();
    expect(step(notices([told, told, [], []], told), { isNotice })).toBe('also');
    // It has been told then, and the incident is one that ends.
    expect(step(notices([told, told, [], []], told))).toBeUndefined();
  });
});

describe('a drill', () => {
  const drill = { by: 'jane' };
  const recovered = { drill, state: 'recovered', recoveredAt: noon + 5.5 * minuteMs } as const;

  it.each([
    ['DDGGG', { drill }, undefined],
    ['DDGGGG', { drill }, 'recovered'],
    ['DDGGGGDD', recovered, undefined],
  ])('after %s is over like what it stands for, and is never back', (pattern, incident, step) => {
    expect(stepAfter(pattern, incident)).toBe(step);
  });

  it.each([
    ['DDB', { drill }, undefined],
    ['DDBB', { drill }, 'real'],
    ['DDDBGB', { drill }, 'real'],
    ['DDGGGGB', recovered, undefined],
    ['DDGGGGBB', recovered, 'real'],
    ['DDGGBB', { drill, state: 'resolved' }, undefined],
  ] as const)(
    'after %s hides nothing: as many bad runs as the alarm needs are told as real',
    (pattern, incident, step) => {
      expect(stepAfter(pattern, incident)).toBe(step);
    },
  );

  it('is not repeated while its alarm fires', () => {
    expect(stepAfter('DDDDDDDD', { drill }, minuteMs)).toBeUndefined();
  });

  it.each([
    ['BBGGDD', 'BBGGGG'],
    ['BBDDDD', 'BBGGGG'],
    ['BBGGGGDD', 'BBGGGGGG'],
  ])('during a real incident changes nothing of it: %s', (pattern, without) => {
    expect(stepAfter(pattern)).toBe(stepAfter(without));
  });
});

describe('an incident that is resolved', () => {
  it('has no next step, even if something else is told once since', () => {
    expect(stepAfter('BBBB', { state: 'resolved', isNotice: true })).toBeUndefined();
  });
});
