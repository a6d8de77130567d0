import type { Credentials } from '../model/probe.ts';

const fail = (): never => {
  throw new Error('this function has no credentials');
};

/**
 * For groups whose probes do not authenticate. A probe that requests credentials there is a bug.
 *
 * Trap: this file must stay separate from `credentials.ts`, so that the bundle has no code that can read a secret.
 */
export function noCredentials(): Credentials {
  return { fetchToken: fail, introspect: fail, callApi: fail };
}
