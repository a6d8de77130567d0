import { expect } from 'vitest';
import { type FindingCode, findings } from '../../functions/findings/finding.ts';
import { findingsOf } from '../../functions/model/outcome.ts';
import { formatTarget } from '../../functions/model/target.ts';
import { enabledProbes } from '../../functions/probes/plan.ts';
import { logLines } from '../../functions/run/log.ts';
import { pointsOf } from '../../functions/run/publish.ts';
import type { RunReport } from '../../functions/run/run.ts';

/** CloudWatch Logs splits longer lines in two, and neither half is valid JSON. */
const maxLineBytes = 256 * 1024;

/**
 * Checks what must be true of every run, whatever the servers did: one outcome per probe, known findings, no monitor
 * errors.
 */
export function expectSound(report: RunReport): void {
  expect(report.monitorErrors).toEqual([]);
  expect(report.outcomes.map(formatTarget)).toEqual(
    enabledProbes(report.plan).map(({ probe, target }) => formatTarget({ probe: probe.id, server: target.server })),
  );
  for (const outcome of report.outcomes) {
    for (const { code, domain, suspect } of findingsOf(outcome)) {
      expect(Object.keys(findings)).toContain(code);
      // What else the run reached may show that others are at fault.
      if (suspect === undefined) expect(domain).toBe(findings[code as FindingCode].domain);
    }
    if (outcome.status === 'skipped') expect(outcome.because).not.toBe('');
  }
  const points = pointsOf(report);
  expect(points.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
  expect(new Set(points.map(({ identity }) => JSON.stringify(identity))).size).toBe(points.length);
  for (const line of logLines(report)) {
    const text = JSON.stringify(line);
    expect(Buffer.byteLength(text), `the line of ${line.probe}`).toBeLessThan(maxLineBytes);
    expect(JSON.parse(text)).toMatchObject({ type: 'outcome', probe: line.probe, status: line.status });
  }
}
