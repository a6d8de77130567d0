import { secretsManager } from './aws/secrets.ts';
import { health } from './probes/index.ts';
import { openCredentials } from './run/credentials.ts';
import { probeHandler } from './run/probe-handler.ts';

/** The function that looks for what is about to break. Opt-in. Of all secrets, it may read the API credential only. */
export const handler = probeHandler(health, openCredentials(secretsManager(), Date.now));
