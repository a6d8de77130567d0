import { describe, expect, it } from 'vitest';
import { findings } from '../../../../functions/diagnosis/finding.ts';
import { formatTarget } from '../../../../functions/model/target.ts';
import { allCases } from '../../../../local/scenarios/all-cases.ts';

const cells = allCases.flatMap((one) =>
  one.variants.map((cell) => ({ ...cell, id: one.id, severity: cell.severity ?? one.severity })),
);

describe('the table of cases', () => {
  it('names each case once', () => {
    const ids = allCases.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('can stage each case somewhere, or says what it waits for', () => {
    for (const { id, variants: own, skipReason } of allCases) {
      expect(own.length > 0, id).toBe(skipReason === undefined);
    }
  });

  it('has more than 500 cells, no two of them alike', () => {
    const names = cells.map(({ id, target, symptom }) => `${id} ${formatTarget(target)} ${symptom}`);
    expect(names.length).toBeGreaterThan(500);
    expect(names).toEqual([...new Set(names)]);
  });

  it('demands the domain and the audience that the finding is defined with', () => {
    const known = findings as Readonly<Record<string, { domain: string; severity: string }>>;
    for (const { id, symptom, expected, severity } of cells) {
      const defined = known[expected.code];
      expect({ domain: defined?.domain, severity: defined?.severity }, `${id} ${symptom}`).toEqual({
        domain: expected.domain,
        severity,
      });
    }
  });

  it('fits the report’s columns', () => {
    for (const { id, symptom } of cells) expect(symptom.length, `${id} ${symptom}`).toBeLessThanOrEqual(28);
  });
});
