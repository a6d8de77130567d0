import { randomUUID } from 'node:crypto';
import type {
  ApiCredential,
  ClientAuthentication,
  Org,
  Server,
  ServiceClient,
  WebClient,
} from '../../../functions/model/org.ts';
import type { AwsError } from '../../emulators/aws/aws-emulator.ts';
import type { OktaEmulator } from '../../emulators/okta/okta-emulator.ts';
import type { Fault, TestEnvironment } from '../../simulator/environment.ts';

/** Changes the org's configuration, which is the event that each function is invoked with. */
export function changeOrg(change: (org: Org) => Org): Fault {
  return () => ({ event: change });
}

/** Changes one server. Does nothing in events of groups that do not use it. */
export function changeServer(id: string | undefined, change: (server: Server) => Server): Fault {
  return changeOrg((org) => ({
    ...org,
    servers: org.servers.map((server) => (server.id === id ? change(server) : server)),
  }));
}

/** Changes a server's service application. Does nothing in events of groups that do not use it. */
export function changeServiceClient(id: string | undefined, change: Partial<ServiceClient>): Fault {
  return changeServer(id, (server) =>
    server.service ? { ...server, service: { ...server.service, ...change } } : server,
  );
}

/** Changes a server's web application. Does nothing in events of groups that do not use it. */
export function changeWebClient(id: string | undefined, change: Partial<WebClient>): Fault {
  return changeServer(id, (server) => (server.web ? { ...server, web: { ...server.web, ...change } } : server));
}

/** Short enough to detect slow and missing answers quickly, long enough for healthy answers on a busy machine. */
export const shortTimeouts = changeOrg((org) => ({ ...org, slowAfterMs: 1_200, timeoutMs: 3_000 }));

/** Creates the text of a secret, or the error that Secrets Manager answers with. */
export type SecretSource = (okta: OktaEmulator) => string | AwsError | Promise<string | AwsError>;

const registeredKey: SecretSource = ({ clients }) => JSON.stringify({ privateKey: clients.service.privateJwk });

/** Trap: warm functions remember secrets by name, so a changed secret needs a new name. */
async function storeSecret(
  { secrets, okta }: TestEnvironment,
  source: SecretSource,
): Promise<{ name: string; restore: () => void }> {
  const name = `cases/${randomUUID()}`;
  secrets.set(name, await source(okta));
  return { name, restore: () => secrets.delete(name) };
}

/** Replaces the secret of a server's service application. */
export function replaceServiceSecret(id: string | undefined, source: SecretSource): Fault {
  return async (environment) => {
    const { name, restore } = await storeSecret(environment, source);
    return { ...(await changeServiceClient(id, { secret: name })(environment)), restore };
  };
}

/** Replaces a server's service application by one that authenticates with a client secret, right or wrong. */
export function authenticateWithSecret(
  id: string | undefined,
  authentication: ClientAuthentication,
  secret: 'right' | 'wrong' = 'right',
): Fault {
  return async (environment) => {
    const { clientId, clientSecret: registered } = environment.okta.clients.secret;
    const clientSecret = secret === 'right' ? registered : `${registered.slice(0, -4)}0000`;
    const { name, restore } = await storeSecret(environment, () => JSON.stringify({ clientSecret }));
    return { ...(await changeServiceClient(id, { clientId, authentication, secret: name })(environment)), restore };
  };
}

/** Replaces the secret of the management API's credential, and keeps the kind of credential. */
export function replaceApiSecret(source: SecretSource): Fault {
  return async (environment) => {
    const { name, restore } = await storeSecret(environment, source);
    return { event: (org) => (org.api ? { ...org, api: { ...org.api, secret: name } } : org), restore };
  };
}

/** Calls the management API as a service application instead of with an API token. */
export function callApiAsServiceApp(scopes = ['okta.users.read'], source = registeredKey): Fault {
  return async (environment) => {
    const { name, restore } = await storeSecret(environment, source);
    const { clientId } = environment.okta.clients.service;
    const api: ApiCredential = { kind: 'client', clientId, secret: name, scopes };
    return { event: (org) => (org.api ? { ...org, api } : org), restore };
  };
}
