import { randomUUID } from 'node:crypto';
import type {
  ApiCredential,
  ClientAuthentication,
  Org,
  Server,
  ServiceClient,
  WebClient,
} from '../../../../functions/model/org.ts';
import type { OktaEmulator } from '../../../../packages/okta-emulator/src/index.ts';
import type { AwsError } from '../../../self-hosted/aws-emulator/aws-emulator.ts';
import type { Fault } from '../../simulation/environment.ts';
import type { Simulation } from '../../simulation/simulation.ts';
import type { FaultAt, ScenarioTarget } from '../targets.ts';

/** Changes the org's configuration, which is the event that each function is invoked with. */
export function changeOrg(change: (org: Org) => Org): Fault {
  return () => ({ event: change });
}

/** Changes the target's server. Does nothing in events of groups that do not use it. */
export function alterServer(alter: (server: Server) => Server): FaultAt<ScenarioTarget> {
  return (_, { server: id }) => ({
    event: (org) => ({ ...org, servers: org.servers.map((server) => (server.id === id ? alter(server) : server)) }),
  });
}

/** Sets some of the target's server. */
export function changeServer(change: Partial<Server>): FaultAt<ScenarioTarget> {
  return alterServer((server) => ({ ...server, ...change }));
}

/** Changes the service application of the target's server. Does nothing in events of groups that do not use it. */
export function changeServiceClient(change: Partial<ServiceClient>): FaultAt<ScenarioTarget> {
  return alterServer((server) => (server.service ? { ...server, service: { ...server.service, ...change } } : server));
}

/** Changes the web application of the target's server. Does nothing in events of groups that do not use it. */
export function changeWebClient(change: Partial<WebClient>): FaultAt<ScenarioTarget> {
  return alterServer((server) => (server.web ? { ...server, web: { ...server.web, ...change } } : server));
}

/** Makes the web application push its requests at every server (RFC 9126). */
export const pushRequests: Fault = changeOrg((org) => ({
  ...org,
  servers: org.servers.map(({ web, ...server }) => ({ ...server, ...(web && { web: { ...web, par: true } }) })),
}));

/** With other scopes, what the sign-in page loaded before is not known, so it is asked at once. */
export const askAgain: Fault = changeOrg((org) => ({
  ...org,
  servers: org.servers.map(({ web, ...server }) => ({
    ...server,
    ...(web && { web: { ...web, scopes: [...web.scopes, 'email'] } }),
  })),
}));

/** Changes the credential of the management API. Does nothing in events of groups that do not use it. */
function changeApiCredential(change: (api: ApiCredential) => ApiCredential): Fault {
  return changeOrg((org) => (org.api ? { ...org, api: change(org.api) } : org));
}

/** Findings that take a timeout to appear, and would take as long as a deployed run waits. */
export const slowFindings: readonly string[] = ['connect-timeout', 'no-answer', 'slow-answer', 'resource-slow'];

/** Tolerates slow answers, so that a busy machine does not look like a slow Okta. */
export const longTimeouts = changeOrg((org) => ({ ...org, slowAfterMs: 9_000, timeoutMs: 10_000 }));

/** Short enough to detect slow and missing answers quickly, long enough for healthy answers on a busy machine. */
export const shortTimeouts = changeOrg((org) => ({ ...org, slowAfterMs: 1_200, timeoutMs: 3_000 }));

/** The text of a secret, or the error that Secrets Manager answers with. */
export type Secret = string | AwsError;
export type SecretSource = Secret | ((okta: OktaEmulator) => string | Promise<string>);

const dpopKey: SecretSource = ({ clients }) => JSON.stringify({ privateKey: clients.dpop.privateJwk });
const registeredToken: SecretSource = ({ apiToken }) => JSON.stringify({ apiToken });
const registeredKey: SecretSource = ({ clients }) => JSON.stringify({ privateKey: clients.service.privateJwk });

/**
 * Stores a secret, and makes the configuration use it by its name.
 *
 * Trap: warm functions remember secrets by name, so a changed secret needs a new name.
 */
export function useSecret(
  source: SecretSource,
  use: (secret: string, okta: OktaEmulator) => FaultAt<ScenarioTarget>,
): FaultAt<ScenarioTarget> {
  return async (environment, target) => {
    const { secrets, okta } = environment;
    const name = `cases/${randomUUID()}`;
    secrets.set(name, typeof source === 'function' ? await source(okta) : source);
    return { ...(await use(name, okta)(environment, target)), restore: () => secrets.delete(name) };
  };
}

/** Replaces the secret of the service application of the target's server. */
export function replaceServiceSecret(source: SecretSource): FaultAt<ScenarioTarget> {
  return useSecret(source, (secret) => changeServiceClient({ secret }));
}

/** Makes the target's server use a service application that authenticates with a client secret, right or wrong. */
export function authenticateWithSecret(
  authentication: ClientAuthentication,
  rightOrWrong: 'right' | 'wrong' = 'right',
): FaultAt<ScenarioTarget> {
  return useSecret(
    ({ clients }) => {
      const { clientSecret: right } = clients.secret;
      return JSON.stringify({ clientSecret: rightOrWrong === 'right' ? right : `${right.slice(0, -4)}0000` });
    },
    (secret, { clients }) => changeServiceClient({ clientId: clients.secret.clientId, authentication, secret }),
  );
}

/** Makes the target's server use the service application that requires DPoP, with or without saying so. */
export function useDpopApplication(dpop: boolean): FaultAt<ScenarioTarget> {
  return useSecret(dpopKey, (secret, { clients }) =>
    changeServiceClient({ clientId: clients.dpop.clientId, authentication: 'private_key_jwt', secret, dpop }),
  );
}

/** Makes the target's server use the service application that does not require DPoP, without a proof. */
export const useApplicationWithoutDpop: FaultAt<ScenarioTarget> = useSecret(registeredKey, (secret, { clients }) =>
  changeServiceClient({
    clientId: clients.service.clientId,
    authentication: 'private_key_jwt',
    secret,
    dpop: false,
  }),
);

/** Makes the test user sign in to the web application that requires DPoP, with or without saying so. */
export function useDpopWebApplication(dpop: boolean): FaultAt<ScenarioTarget> {
  return useSecret(
    ({ clients }) => JSON.stringify({ clientSecret: clients.dpopWeb.clientSecret }),
    (secret, { clients }) => changeWebClient({ clientId: clients.dpopWeb.clientId, secret, dpop }),
  );
}

/** Makes the web application of the target's server authenticate with a secret that is not its own. */
export const useWrongWebSecret: FaultAt<ScenarioTarget> = useSecret(
  ({ clients }) => JSON.stringify({ clientSecret: `${clients.web.clientSecret.slice(0, -4)}0000` }),
  (secret) => changeWebClient({ secret }),
);

/** Replaces the secret of the management API's credential, and keeps the kind of credential. */
export function replaceApiSecret(source: SecretSource): FaultAt<ScenarioTarget> {
  return useSecret(source, (secret) => changeApiCredential((api) => ({ ...api, secret })));
}

/** Calls the management API as the service application that requires DPoP, with or without saying so. */
export function callApiAsDpopApp(dpop: boolean): FaultAt<ScenarioTarget> {
  return useSecret(dpopKey, (secret, { clients }) =>
    changeApiCredential(() => ({
      ...{ kind: 'client', clientId: clients.dpop.clientId, secret, scopes: ['okta.users.read'], dpop },
    })),
  );
}

/**
 * Calls the management API as a service application instead of with an API token: by default with the scopes that the
 * configuration has, so that other groups can still read what they read.
 */
export function callApiAsServiceApp(
  scopes?: readonly string[],
  source: SecretSource = registeredKey,
): FaultAt<ScenarioTarget> {
  return useSecret(source, (secret, { clients: { service } }) =>
    changeApiCredential((api) => ({
      ...{ kind: 'client', clientId: service.clientId, secret },
      scopes: scopes ?? (api.kind === 'client' ? api.scopes : service.orgScopes),
    })),
  );
}

/** Calls the management API with an API token, whatever credential is configured. */
export function callApiWithToken(source: SecretSource = registeredToken): FaultAt<ScenarioTarget> {
  return useSecret(source, (secret) => changeApiCredential(() => ({ kind: 'token', secret })));
}

/** A counter of runs while faults are active. */
export interface Tally {
  packetsLost: number;
}

/** A fault in a simulated deployment, for the length of a phase. Returns the function that restores it. */
export type SimulationFault = (
  simulation: Simulation,
  org: string,
  tally: Tally,
) => (() => unknown) | Promise<() => unknown>;

/** Injects faults at the scenario's org. */
export function injects(...faults: readonly Fault[]): SimulationFault {
  return async (simulation, org) => {
    const injected = await simulation.inject(org, faults);
    return () => injected.restore();
  };
}

/** The same with short timeouts, for faults that would take as long as a deployed run waits. */
export function injectsWithShortTimeouts(...faults: readonly Fault[]): SimulationFault {
  return injects(shortTimeouts, ...faults);
}
