import type { Credentials } from '../model/probe.ts';

const refuse = (): never => {
  throw new Error('this function has no credentials');
};

/** For a group none of whose probes proves who it is: whatever asks for credentials is a fault of ours. */
export function noCredentials(): Credentials {
  return { fetchToken: refuse, introspect: refuse, callApi: refuse };
}
