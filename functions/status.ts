import { status } from './probes/index.ts';
import { noCredentials } from './run/no-credentials.ts';
import { probeHandler } from './run/probe-handler.ts';

/** The function that reads Okta's status page. It has neither the code nor the permission to read a secret. */
export const handler = probeHandler(status, noCredentials);
