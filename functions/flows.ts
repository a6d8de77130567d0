import { secretsManager } from './aws/secrets.ts';
import { flows } from './probes/index.ts';
import { openCredentials } from './run/credentials.ts';
import { probeHandler } from './run/probe-handler.ts';

/** The function that checks sign-in: organization, discovery, keys, authorize, token, verify and introspect. */
export const handler = probeHandler(flows, openCredentials(secretsManager(), Date.now));
