import { secretsManager } from './aws/secrets.ts';
import { health } from './probes/index.ts';
import { openCredentials } from './run/credentials.ts';
import { probeHandler } from './run/probe-handler.ts';

/** The function that looks for imminent failures. Opt-in. The only secret that it may read is the API credential. */
export const handler = probeHandler(health, openCredentials(secretsManager(), Date.now));
