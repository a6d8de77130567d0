import { flows } from './probes/index.ts';
import { openCredentials } from './runtime/credentials.ts';
import { probeHandler } from './runtime/probe-handler.ts';
import { secretsManager } from './runtime/secrets.ts';

/** The function that checks sign-in: organization, discovery, keys, authorize, token, verify and introspect. */
export const handler = probeHandler(flows, openCredentials(secretsManager(), Date.now));
