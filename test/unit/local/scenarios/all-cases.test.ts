import { describe, expect, it } from 'vitest';
import { findings } from '../../../../functions/diagnosis/finding.ts';
import { allCases } from '../../../../local/scenarios/all-cases.ts';
import { placeOf } from '../../../../local/scenarios/place.ts';

const cells = allCases.flatMap((one) =>
  one.cells.map((cell) => ({ ...cell, id: one.id, hears: cell.hears ?? one.hears })),
);

describe('the table of cases', () => {
  it('names each case once', () => {
    const ids = allCases.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('can stage each case somewhere, or says what it waits for', () => {
    for (const { id, cells: own, waiting } of allCases) {
      expect(own.length > 0, id).toBe(waiting === undefined);
    }
  });

  it('has more than 500 cells, no two of them alike', () => {
    const names = cells.map(({ id, site, wire }) => `${id} ${placeOf(site)} ${wire}`);
    expect(names.length).toBeGreaterThan(500);
    expect(names).toEqual([...new Set(names)]);
  });

  it('demands the domain and the audience that the finding is defined with', () => {
    const known = findings as Readonly<Record<string, { domain: string; severity: string }>>;
    for (const { id, wire, expected, hears } of cells) {
      const { domain, severity } = known[expected.code] ?? {};
      expect({ domain, severity }, `${id} ${wire}`).toEqual({ domain: expected.domain, severity: hears });
    }
  });

  it('fits the report’s columns', () => {
    for (const { id, wire } of cells) expect(wire.length, `${id} ${wire}`).toBeLessThanOrEqual(28);
  });
});
