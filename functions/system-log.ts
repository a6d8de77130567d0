import { systemLog } from './probes/index.ts';
import { openCredentials } from './runtime/credentials.ts';
import { probeHandler } from './runtime/probe-handler.ts';
import { secretsManager } from './runtime/secrets.ts';

/** The function that reads the org's System Log. Opt-in. Of all secrets, it may read the API credential only. */
export const handler = probeHandler(systemLog, openCredentials(secretsManager(), Date.now));
