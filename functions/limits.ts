import { secretsManager } from './aws/secrets.ts';
import { limits } from './probes/index.ts';
import { openCredentials } from './run/credentials.ts';
import { probeHandler } from './run/probe-handler.ts';

/** The function that checks the management API's rate limit. Of all secrets, it may read the API credential only. */
export const handler = probeHandler(limits, openCredentials(secretsManager(), Date.now));
