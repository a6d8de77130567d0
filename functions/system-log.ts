import { secretsManager } from './aws/secrets.ts';
import { systemLog } from './probes/index.ts';
import { openCredentials } from './run/credentials.ts';
import { probeHandler } from './run/probe-handler.ts';

/** The function that reads the org's System Log. Opt-in. Of all secrets, it may read the API credential only. */
export const handler = probeHandler(systemLog, openCredentials(secretsManager(), Date.now));
