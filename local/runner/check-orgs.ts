import { readFileSync } from 'node:fs';
import type { Org } from '../../functions/model/org.ts';
import { probes } from '../../functions/probes/index.ts';
import { type PlannedProbe, planProbes } from '../../functions/probes/plan.ts';
import { canonicalName, resolves } from '../../functions/runtime/connection.ts';
import { openCredentials } from '../../functions/runtime/credentials.ts';
import { deadlineIn } from '../../functions/runtime/deadline.ts';
import { SecretUnreadable } from '../../functions/runtime/errors.ts';
import { openHttp } from '../../functions/runtime/http.ts';
import { type LogLine, logLines } from '../../functions/runtime/log.ts';
import { run } from '../../functions/runtime/run.ts';
import { parseSecret, type Secrets } from '../../functions/runtime/secrets.ts';
import { ConfigError } from '../../lib/config/config-error.ts';
import type { Config } from '../../lib/config/schema.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';

/** One org whose probes ran once on this machine. */
export interface CheckedOrg {
  readonly org: Org;
  readonly plan: readonly PlannedProbe[];
  readonly outcomes: readonly LogLine[];
  /** Errors of the monitor itself. */
  readonly monitorErrors: readonly string[];
}

/** As long as a deployed run may take. */
const deadlineMs = 25_000;

/**
 * Runs every probe of every configured org once on this machine, against the real org. Nothing is published.
 *
 * Trap: DNS, TLS and latency are those of this machine's network, not of Lambda's.
 */
export async function checkOrgs(config: Config, secrets: Secrets): Promise<readonly CheckedOrg[]> {
  return Promise.all(monitoredOrgs(config).map(({ org }) => checkOrg(org, secrets)));
}

async function checkOrg(org: Org, secrets: Secrets): Promise<CheckedOrg> {
  const deadline = deadlineIn(deadlineMs);
  const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs });
  const credentials = openCredentials(secrets, Date.now)(org);
  const report = await run(org, probes, { http, credentials, now: Date.now, canonicalName, resolves, deadline });
  await http.close();
  return {
    org,
    plan: planProbes(org, probes),
    outcomes: logLines(report),
    monitorErrors: report.monitorErrors.map(String),
  };
}

/** Secrets from a JSON file, `{"name": {"clientSecret": …}}`, for trying a configuration before anything is in AWS. */
export function fileSecrets(file: string): Secrets {
  const stored = readStored(file);
  return {
    async read(name) {
      const value = stored[name];
      if (value === undefined) throw new SecretUnreadable(name, `it is not in ${file}`);
      return parseSecret(name, JSON.stringify(value));
    },
  };
}

function readStored(file: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    // The parser's own message would quote the file.
    const why = error instanceof SyntaxError ? 'it is not JSON' : (error as NodeJS.ErrnoException).code;
    throw new ConfigError(`The secrets file ${file} cannot be read: ${why}.`);
  }
}
