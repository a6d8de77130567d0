import { negativeTests } from './probes/index.ts';
import { openCredentials } from './runtime/credentials.ts';
import { probeHandler } from './runtime/probe-handler.ts';
import { secretsManager } from './runtime/secrets.ts';

/** The function that makes requests which Okta must refuse. Opt-in, and rare. */
export const handler = probeHandler(negativeTests, openCredentials(secretsManager(), Date.now));
