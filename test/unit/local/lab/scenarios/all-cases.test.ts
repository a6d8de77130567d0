import { describe, expect, it } from 'vitest';
import type { FindingDefinition } from '../../../../../functions/findings/definition.ts';
import { findings } from '../../../../../functions/findings/finding.ts';
import { severitiesOf } from '../../../../../functions/findings/finding-alarms.ts';
import { formatTarget } from '../../../../../functions/model/target.ts';
import { allCases } from '../../../../../local/lab/scenarios/all-cases.ts';

const variants = allCases.flatMap(({ id, severity, variants }) =>
  variants.map((variant) => ({
    ...variant,
    name: `${id} ${formatTarget(variant.target)}, ${variant.symptom}`,
    severity: variant.severity ?? severity,
  })),
);

/** Findings that have tests and no case. A new one needs a case. */
const withoutCase = [
  'unrecognised-failure',
  // On a domain of Okta's, which no emulator has.
  ...['certificate-wrong-name', 'certificate-expired', 'okta-certificate-expires'],
  ...['status-unknown', 'access-refused'],
  ...['certificate-expires-soon', 'certificate-expires-now', 'local-error'],
  // Of two runs at once, of the state table and the environment, and of a sign-in that takes too long.
  ...[
    'state-refused',
    'insecure-environment',
    'unrecognised-answer',
    'one-time-code-used',
    'sign-in-expired',
    'sign-in-undecided',
  ],
  'sign-in-not-remembered',
  // Of two runs, one after the other.
  'signing-key-vanished',
];

describe('the table of cases', () => {
  it('gives each case an id of its own', () => {
    const ids = allCases.map(({ id }) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it('gives each case either variants or a reason why it is skipped', () => {
    for (const { id, variants, skipReason } of allCases) {
      expect(variants.length > 0, id).toBe(skipReason === undefined);
    }
  });

  it('contains more than 1,000 variants, and no two with the same case, target and symptom', () => {
    const names = variants.map(({ name }) => name);
    expect(names.length).toBeGreaterThan(1_000);
    expect(names).toEqual([...new Set(names)]);
  });

  it('has a variant for each finding, except for those that are known to have only tests of their own', () => {
    const caused = new Set<string>(variants.map(({ expected }) => expected.code));
    expect(Object.keys(findings).filter((code) => !caused.has(code))).toEqual(withoutCase);
  });

  it('expects each finding with the fault domain and severity that the finding is defined with', () => {
    const defined: Readonly<Record<string, FindingDefinition>> = findings;
    for (const { name, expected, severity, target } of variants) {
      const definition = defined[expected.code];
      // What no sign-in needs is a ticket at most.
      const isOptional = target.group === 'health' || target.group === 'system-log';
      // What else was reached can show that somebody else must act.
      if (expected.suspect === undefined) expect(definition?.domain, name).toBe(expected.domain);
      if (!isOptional || severity !== 'ticket')
        expect(definition && severitiesOf(definition), name).toContain(severity);
    }
  });

  it('keeps each symptom within the 28 characters of its column in the report', () => {
    for (const { name, symptom } of variants) expect(symptom.length, name).toBeLessThanOrEqual(28);
  });
});
