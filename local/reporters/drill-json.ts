import type { DrillReport } from '../runner/run-scenarios.ts';

/** The report as one JSON document, for scripts. Minutes are virtual ones; of a row without an answer they are left out. */
export function toJson({ runs, skipped, virtualMinutes, seconds }: DrillReport): string {
  const described = runs.map(({ scenario, verification, remark, minutes, seconds: took }) => ({
    ...{
      row: scenario.name,
      kind: scenario.kind,
      id: scenario.id,
      title: scenario.title,
      at: scenario.target,
      org: scenario.org,
    },
    ...verification,
    ...(remark !== undefined && { remark }),
    virtualMinutes: minutes,
    seconds: round(took),
  }));
  const document = {
    ...{ right: runs.every(({ verification }) => verification.passed), runs: described, skipped },
    ...{ virtualMinutes, seconds: round(seconds) },
  };
  return JSON.stringify(document, null, 2);
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
