import { readFileSync } from 'node:fs';
import type { Org } from '../../functions/model/org.ts';
import { probes } from '../../functions/probes/index.ts';
import { type PlannedProbe, planProbes } from '../../functions/probes/plan.ts';
import { canonicalName } from '../../functions/runtime/connection.ts';
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

/** One org after its probes ran once from here. */
export interface CheckedOrg {
  readonly org: Org;
  readonly plan: readonly PlannedProbe[];
  readonly outcomes: readonly LogLine[];
  /** Errors of the monitor itself. */
  readonly faults: readonly string[];
}

/** The deployed functions end by their timeout; from here a little patience does no harm. */
const deadlineMs = 25_000;

/**
 * Runs every probe of every configured org once, from this machine, against the real org. Nothing is published.
 *
 * Trap: the network is this machine's: what it shows of DNS, TLS and speed is not what Lambda will see.
 */
export async function checkOrgs(config: Config, secrets: Secrets): Promise<readonly CheckedOrg[]> {
  return Promise.all(monitoredOrgs(config).map(({ org }) => checkOrg(org, secrets)));
}

async function checkOrg(org: Org, secrets: Secrets): Promise<CheckedOrg> {
  const deadline = deadlineIn(deadlineMs);
  const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs });
  const credentials = openCredentials(secrets, Date.now)(org);
  const report = await run(org, probes, { http, credentials, now: Date.now, canonicalName, deadline });
  await http.close();
  return { org, plan: planProbes(org, probes), outcomes: logLines(report), faults: report.monitorErrors.map(String) };
}

/**
 * Secrets from a file, `{"name": {"clientSecret": …}}`, for trying a configuration before anything is in AWS.
 */
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
    // What the parser says would quote the file.
    const why = error instanceof SyntaxError ? 'it is not JSON' : (error as NodeJS.ErrnoException).code;
    throw new ConfigError(`The secrets ${file} cannot be read: ${why}.`);
  }
}
