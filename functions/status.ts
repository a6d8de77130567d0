import { status } from './probes/index.ts';
import { noCredentials } from './runtime/no-credentials.ts';
import { probeHandler } from './runtime/probe-handler.ts';

/** The function that reads Okta's status page. It holds no code to read a secret with, and no right to. */
export const handler = probeHandler(status, noCredentials);
