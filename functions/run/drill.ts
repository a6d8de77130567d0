import { type FindingCode, finding, findings } from '../findings/finding.ts';
import { severityLevels } from '../model/finding.ts';
import type { Drill } from '../model/log-line.ts';

/** A request for a drill, in an event. */
export type DrillRequest = Drill | { readonly ignored: string };

/** The characters of an IAM user, of a role and its session, and of an e-mail address. */
const identity = /^[\w+=,.@/-]{1,80}$/;

/**
 * Reads the `drill` of an event: `{"finding": "internal-error", "by": "Admin/jane", "page": true}`. Undefined without one.
 *
 * Trap: a mistake in it is no error of the run, because that would be a ticket about the monitor itself.
 */
export function readDrill(drill: unknown, startedAt: number): DrillRequest | undefined {
  if (drill === undefined) return undefined;
  const { finding: code, by, page } = Object(drill) as Readonly<Record<string, unknown>>;
  if (!isDrillable(code)) return { ignored: 'the drill names no finding that notifies people' };
  const who = typeof by === 'string' && identity.test(by) ? by : 'somebody';
  const at = `${new Date(startedAt).toISOString().slice(0, 16).replace('T', ' ')}Z`;
  const detail = `A drill that ${who} began: nothing is wrong. The monitor was asked for this at ${at}`;
  return { finding: finding(code, { detail }), by: who, ...(page === true && { page }) };
}

/** Whether a finding can be drilled: it exists, and its alarm notifies people. */
export function isDrillable(code: unknown): code is FindingCode {
  if (typeof code !== 'string' || !Object.hasOwn(findings, code)) return false;
  return severityLevels[findings[code as FindingCode].severity] > 0;
}
