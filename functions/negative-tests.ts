import { secretsManager } from './aws/secrets.ts';
import { negativeTests } from './probes/index.ts';
import { openCredentials } from './run/credentials.ts';
import { probeHandler } from './run/probe-handler.ts';

/** The function that sends requests which Okta must reject. Opt-in, and runs rarely. */
export const handler = probeHandler(negativeTests, openCredentials(secretsManager(), Date.now));
