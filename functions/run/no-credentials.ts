import type { ClientCredentials, Credentials, UserCredentials } from '../model/probe.ts';

const fail = (): never => {
  throw new Error('this function has no credentials');
};

/** The credentials of groups that do not sign in. */
export const noUserCredentials: UserCredentials = {
  signIn: fail,
  endSession: fail,
  requestAuthorization: fail,
  redeem: fail,
  revoke: fail,
  introspectForUser: fail,
};

/** For groups that are no client of their own. */
export const noClientCredentials: ClientCredentials = {
  prepare: async () => {},
  fetchToken: fail,
  introspect: fail,
  prepareApi: fail,
  callApi: fail,
  invokeWorkflow: fail,
};

/**
 * For groups whose probes do not authenticate. A probe that requests credentials there is a bug.
 *
 * Trap: this file must stay separate from `credentials.ts`, so that the bundle has no code that can read a secret.
 */
export function noCredentials(): Credentials {
  return { ...noClientCredentials, ...noUserCredentials };
}
