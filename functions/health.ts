import { health } from './probes/index.ts';
import { openCredentials } from './runtime/credentials.ts';
import { probeHandler } from './runtime/probe-handler.ts';
import { secretsManager } from './runtime/secrets.ts';

/** The function that looks for what is about to break. Opt-in. Of all secrets, it may read the API credential only. */
export const handler = probeHandler(health, openCredentials(secretsManager(), Date.now));
