import { describe, expect, it } from 'vitest';
import { finding } from '../../../functions/findings/finding.ts';
import { ProbeFailure } from '../../../functions/findings/probe-failure.ts';
import type { Org } from '../../../functions/model/org.ts';
import { defineProbe, type Group, type Probe } from '../../../functions/model/probe.ts';
import { noCredentials } from '../../../functions/run/no-credentials.ts';
import { emfPoints } from '../../../local/self-hosted/aws-emulator/metrics.ts';
import { fullOrg } from '../../support/full-org.ts';
import { handleAll, handleOnce } from '../../support/handle-once.ts';

function probe(id: string, run: Probe['run'], group: Group = 'flows'): Probe {
  const metrics = {
    Answer: { unit: 'None', statistic: 'Maximum', help: 'The value that the probe measured.' },
  } as const;
  return defineProbe({
    ...{ id, question: 'Is it?', group, scope: 'org', requests: [], timed: false },
    ...{ metrics, run: run as () => Promise<{ readings: { Answer: number } }> },
  });
}
const fine = probe('fine', async () => ({ readings: { Answer: 42 } }));
const failing = probe('failing', async () => {
  throw new ProbeFailure('announced-incident', { readings: { Answer: 2 } });
});
const broken = probe('broken', async () => {
  throw new TypeError('a bug in the probe');
});

/** The log lines of a call, without metrics. */
const loggedLines = (lines: readonly string[]) =>
  lines.map((line) => JSON.parse(line)).filter((line) => !('_aws' in line));
const asText = (points: readonly { identity: { name: string; dimensions: object }; value: number }[]) =>
  points.map(({ identity: { name, dimensions }, value }) => `${name}${JSON.stringify(dimensions)} ${value}`);
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

describe('a run whose metrics CloudWatch rejects', () => {
  it('writes every data point to the log, with the minute of the run, if CloudWatch rejects the metrics', async () => {
    const accepted = await handleOnce(fullOrg, [fine, failing], noCredentials);
    const refused = await handleOnce(fullOrg, [fine, failing], noCredentials, true);
    expect(refused.points).toEqual([]);
    const inLog = refused.lines.flatMap(emfPoints);
    const monitor = 'Severity{"Domain":"monitor","Org":"acme"}';
    expect(asText(accepted.points)).toContain(`${monitor} 0`);
    expect(asText(inLog).sort()).toEqual(
      asText(accepted.points)
        .map((point) => (point === `${monitor} 0` ? `${monitor} 1` : point))
        .sort(),
    );
    const [outcome] = loggedLines(refused.lines);
    expect(new Set(inLog.map(({ at }) => at))).toEqual(new Set([`${outcome.at.slice(0, 16)}:00.000Z`]));
  });

  it('does not fail if CloudWatch rejects the metrics, but logs a finding after the outcomes', async () => {
    const { lines, ...ended } = await handleOnce(fullOrg, [fine], noCredentials, true);
    expect(ended).toMatchObject({
      value: [
        { probe: 'fine', status: 'passed' },
        { type: 'finding', finding: { code: 'metrics-refused' } },
      ],
    });
    expect(loggedLines(lines)).toMatchObject([
      { type: 'outcome', probe: 'fine' },
      { type: 'finding', at: isoTime, org: 'acme', finding: { code: 'metrics-refused', domain: 'monitor' } },
    ]);
  });

  it('publishes the finding metrics-refused also in a group that publishes only values above zero', async () => {
    const rare = probe('rare', async () => ({ readings: { Answer: 1 } }), 'status');
    const { lines } = await handleOnce(fullOrg, [rare], noCredentials, true);
    expect(asText(lines.flatMap(emfPoints))).toEqual([
      'Severity{"Domain":"monitor","Org":"acme"} 1',
      'Answer{"Org":"acme","Probe":"rare"} 1',
    ]);
  });
});

describe('the event of a schedule', () => {
  const minuteMs = 60_000;
  const schedule = (due: number, executionId: string) => {
    return { time: new Date(due).toISOString(), executionId, attempt: '1', intervalMinutes: 1 };
  };
  const dueMinute = (due: number) => new Date(Math.floor(due / minuteMs) * minuteMs).toISOString();

  it('gives all points the minute that the run was due in, in PutMetricData and in the log', async () => {
    const due = Date.now() - 2 * minuteMs;
    for (const refuse of [false, true]) {
      const event = { ...fullOrg, schedule: schedule(due, 'one') };
      const { lines, points } = await handleOnce(event, [fine], noCredentials, refuse);
      const times = (refuse ? lines.flatMap(emfPoints) : points).map(({ at }) => at);
      expect(new Set(times)).toEqual(new Set([dueMinute(due)]));
      const [outcome] = loggedLines(lines);
      expect(outcome).toMatchObject({ at: isoTime, due: dueMinute(due), executionId: 'one' });
      expect(Date.parse(outcome.at)).toBeGreaterThan(due + minuteMs);
    }
  });

  it('is run once if it comes twice', async () => {
    const event = (executionId: string) => ({ ...fullOrg, schedule: schedule(Date.now(), executionId) });
    const events = [event('one'), event('two'), event('one')];
    const { lines, ...ended } = await handleAll(events, [fine], noCredentials);
    expect(ended).toMatchObject({ value: [] });
    expect(loggedLines(lines)).toMatchObject([
      { type: 'outcome', executionId: 'one' },
      { type: 'outcome', executionId: 'two' },
      { type: 'event', at: isoTime, org: 'acme', executionId: 'one', note: expect.stringContaining('came before') },
    ]);
  });

  it('is run each time if it is sent by hand', async () => {
    const { lines } = await handleAll([fullOrg, fullOrg], [fine], noCredentials);
    expect(loggedLines(lines)).toMatchObject([{ type: 'outcome' }, { type: 'outcome' }]);
  });

  it('goes by the start of the run if it is old, and the log says so', async () => {
    const event = { ...fullOrg, schedule: schedule(Date.now() - 3_600_000, 'old') };
    const { lines, points } = await handleOnce(event, [fine], noCredentials);
    const [note, outcome] = loggedLines(lines);
    expect(note).toMatchObject({
      type: 'event',
      note: expect.stringMatching(/^its scheduled time is 36\d\d s before/),
    });
    expect(outcome).not.toHaveProperty('due');
    expect(new Set(points.map(({ at }) => at))).toEqual(new Set([dueMinute(Date.parse(outcome.at))]));
  });
});

describe('an event that asks for a check', () => {
  const event = { ...fullOrg, check: true };

  it('is answered with the outcomes and publishes nothing, neither to CloudWatch nor in the log', async () => {
    const { lines, points, overheard, ...ended } = await handleOnce(event, [fine, failing], noCredentials);
    expect(ended).toMatchObject({
      value: {
        check: 1,
        outcomes: [
          { probe: 'fine', status: 'passed', readings: { Answer: 42 } },
          { probe: 'failing', status: 'failed', finding: { code: 'announced-incident' } },
        ],
        errors: [],
      },
    });
    expect([points, overheard]).toEqual([[], []]);
    expect(loggedLines(lines)).toMatchObject([
      { type: 'event', org: 'acme', note: expect.stringContaining('nothing was published') },
    ]);
    expect(lines.flatMap(emfPoints)).toEqual([]);
  });

  it('is answered with the names of errors of the monitor, and does not count as a failed run', async () => {
    const { lines, ...ended } = await handleOnce(event, [fine, broken], noCredentials);
    expect(ended).toMatchObject({ value: { outcomes: [{ probe: 'fine' }], errors: [{ name: 'TypeError' }] } });
    expect(JSON.stringify([ended, lines])).not.toContain('a bug in the probe');
  });

  it('does not make the next run one that came before', async () => {
    const due = { time: new Date().toISOString(), executionId: 'one', intervalMinutes: 1 };
    const events = [
      { ...event, schedule: due },
      { ...fullOrg, schedule: due },
    ];
    const { value } = (await handleAll(events, [fine], noCredentials)) as { value?: unknown };
    expect(value).toMatchObject([{ probe: 'fine', status: 'passed' }]);
  });

  it('is one of the schedule unless it says exactly so', async () => {
    for (const check of ['true', 1, {}]) {
      const { points } = await handleOnce({ ...fullOrg, check }, [fine], noCredentials);
      expect(points.length).toBeGreaterThan(0);
    }
  });
});

describe('an event that is no org', () => {
  it.each([[undefined], [null], [{}], ['acme'], [{ name: 'acme', domain: 'acme.okta.com' }]])(
    'ends in one sentence that says what to do, for %j',
    async (event) => {
      const { lines, points, ...ended } = await handleOnce(event as unknown as Org, [fine], noCredentials);
      expect(ended).toMatchObject({ error: { message: expect.stringMatching(/^The event is no org: invoke .*\.$/) } });
      expect([lines, points]).toEqual([[], []]);
    },
  );
});

it('an event of a function that writes messages ends in one sentence that says so', async () => {
  for (const event of [{ selfTest: true }, { Records: [{ Sns: {} }] }]) {
    const { lines, ...ended } = await handleOnce(event as unknown as Org, [fine], noCredentials);
    const message = expect.stringMatching(/^The event is for a function that writes messages: invoke .*\.$/);
    expect(ended).toMatchObject({ error: { message } });
    expect(lines).toEqual([]);
  }
});

describe('a run with a bug in a probe', () => {
  it('publishes and logs the results of the other probes before it throws', async () => {
    for (const refuse of [false, true]) {
      const { lines, points, ...ended } = await handleOnce(fullOrg, [fine, broken, failing], noCredentials, refuse);
      expect(ended).toHaveProperty('error.message', 'the monitor failed: TypeError');
      expect(asText(refuse ? lines.flatMap(emfPoints) : points)).toEqual(
        expect.arrayContaining(['Answer{"Org":"acme","Probe":"fine"} 42', 'Answer{"Org":"acme","Probe":"failing"} 2']),
      );
      expect(loggedLines(lines)).toMatchObject([
        { type: 'outcome', at: isoTime, probe: 'fine', status: 'passed' },
        { type: 'outcome', probe: 'failing', status: 'failed', finding: finding('announced-incident') },
        { type: 'monitor-error', at: isoTime, org: 'acme', name: 'TypeError' },
        ...(refuse ? [{ type: 'finding' }] : []),
      ]);
    }
  });
});

describe('a drill', () => {
  const by = 'Admin/jane';
  const okta = 'Severity{"Domain":"okta","Org":"acme"}';

  it('runs as usual, and publishes and logs the finding in addition', async () => {
    const { lines, points } = await handleOnce(
      { ...fullOrg, drill: { finding: 'internal-error', by } },
      [fine],
      noCredentials,
    );
    expect(asText(points)).toContain(`${okta} 2`);
    expect(loggedLines(lines)).toMatchObject([
      { type: 'outcome', probe: 'fine', status: 'passed' },
      { type: 'drill', at: isoTime, org: 'acme', by, finding: { code: 'internal-error', severity: 'page' } },
    ]);
  });

  it('keeps its value in the log if CloudWatch rejects the metrics', async () => {
    const event = { ...fullOrg, drill: { finding: 'internal-error', by } };
    const { lines } = await handleOnce(event, [fine], noCredentials, true);
    expect(asText(lines.flatMap(emfPoints))).toContain(`${okta} 2`);
  });

  it('of something that cannot be drilled is an ordinary run, and the log says so', async () => {
    const { lines, points } = await handleOnce({ ...fullOrg, drill: { finding: 'nonsense' } }, [fine], noCredentials);
    expect(asText(points)).toContain(`${okta} 0`);
    expect(loggedLines(lines)).toMatchObject([{ type: 'event', note: expect.any(String) }, { type: 'outcome' }]);
  });
});
