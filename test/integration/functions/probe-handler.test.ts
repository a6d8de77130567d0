import { describe, expect, it } from 'vitest';
import { finding } from '../../../functions/diagnosis/finding.ts';
import { ProbeFailure } from '../../../functions/diagnosis/probe-failure.ts';
import type { Org } from '../../../functions/model/org.ts';
import { defineProbe, type Group, type Probe } from '../../../functions/model/probe.ts';
import { noCredentials } from '../../../functions/runtime/no-credentials.ts';
import { emfPoints } from '../../../local/emulators/aws/metrics.ts';
import { fullOrg } from '../../support/full-org.ts';
import { handleOnce } from '../../support/handle-once.ts';

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
  it('writes every data point to the log, with the time of the run, if CloudWatch rejects the metrics', async () => {
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
    expect(new Set(inLog.map(({ at }) => at))).toEqual(new Set([outcome.at]));
  });

  it('does not fail if CloudWatch rejects the metrics, but logs a finding after the outcomes', async () => {
    const { lines, ...ended } = await handleOnce(fullOrg, [fine], noCredentials, true);
    expect(ended).toMatchObject({ value: [{ probe: 'fine', status: 'passed' }] });
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
