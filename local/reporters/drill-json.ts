import type { DrillReport } from '../runner/run-scenarios.ts';

/** The report as one JSON document, for scripts. Minutes are virtual ones; of a row without an answer they are left out. */
export function toJson({ rows, notDrilled, virtualMinutes, seconds }: DrillReport): string {
  const described = rows.map(({ drill, verdict, remark, minutes, seconds: took }) => ({
    ...{ row: drill.name, kind: drill.kind, id: drill.id, title: drill.title, at: drill.at, org: drill.org },
    ...verdict,
    ...(remark !== undefined && { remark }),
    virtualMinutes: minutes,
    seconds: round(took),
  }));
  const document = {
    ...{ right: rows.every(({ verdict }) => verdict.right), rows: described, notDrilled },
    ...{ virtualMinutes, seconds: round(seconds) },
  };
  return JSON.stringify(document, null, 2);
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
