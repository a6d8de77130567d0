import { limits } from './probes/index.ts';
import { openCredentials } from './runtime/credentials.ts';
import { probeHandler } from './runtime/probe-handler.ts';
import { secretsManager } from './runtime/secrets.ts';

/** The function that checks the management API's rate limit. Of all secrets, it may read the API credential only. */
export const handler = probeHandler(limits, openCredentials(secretsManager(), Date.now));
