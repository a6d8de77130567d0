import { negativeTests } from './probes/index.ts';
import { openCredentials } from './runtime/credentials.ts';
import { probeHandler } from './runtime/probe-handler.ts';
import { secretsManager } from './runtime/secrets.ts';

/** The function that sends requests which Okta must reject. Opt-in, and runs rarely. */
export const handler = probeHandler(negativeTests, openCredentials(secretsManager(), Date.now));
