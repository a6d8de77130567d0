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

/** Alters one server of the event, where the group's event has it. */
export function server(id: string | undefined, change: (server: Server) => Server): Fault {
  return () => ({
    event: (org) => ({ ...org, servers: org.servers.map((one) => (one.id === id ? change(one) : one)) }),
  });
}

/** Alters a server's service client. The event of a group that needs none has none. */
export function service(id: string | undefined, change: Partial<ServiceClient>): Fault {
  return server(id, (one) => (one.service ? { ...one, service: { ...one.service, ...change } } : one));
}

export function web(id: string | undefined, change: Partial<WebClient>): Fault {
  return server(id, (one) => (one.web ? { ...one, web: { ...one.web, ...change } } : one));
}

export function org(change: (org: Org) => Org): Fault {
  return () => ({ event: change });
}

/** So that what is slow or never answers is found soon, and what is not stays fast enough on a busy machine. */
export const shortTimeouts = org((one) => ({ ...one, slowAfterMs: 1_200, timeoutMs: 3_000 }));

/** What a secret holds: the text itself, or the error that reading it ends in. */
export type SecretOf = (okta: OktaEmulator) => string | AwsError | Promise<string | AwsError>;

export const signingSecret: SecretOf = ({ clients }) => JSON.stringify({ privateKey: clients.service.privateJwk });
export const apiTokenSecret: SecretOf = ({ apiToken }) => JSON.stringify({ apiToken });

/** Trap: a warm function remembers secrets by name, so what is changed must have a new one. */
async function store(
  { secrets, okta }: TestEnvironment,
  holds: SecretOf,
): Promise<{ name: string; restore: () => void }> {
  const name = `cases/${randomUUID()}`;
  secrets.set(name, await holds(okta));
  return { name, restore: () => secrets.delete(name) };
}

/** Gives a server's service client another secret. */
export function serviceSecret(id: string | undefined, holds: SecretOf): Fault {
  return async (scene) => {
    const { name, restore } = await store(scene, holds);
    return { ...(await service(id, { secret: name })(scene)), restore };
  };
}

/** Makes the service client one that has a shared secret, as it is registered at Okta or another. */
export function sharedSecret(id: string | undefined, authentication: ClientAuthentication, wrong = false): Fault {
  return async (scene) => {
    const { clientId, clientSecret } = scene.okta.clients.secret;
    const text = JSON.stringify({ clientSecret: wrong ? `${clientSecret.slice(0, -4)}0000` : clientSecret });
    const { name, restore } = await store(scene, () => text);
    return { ...(await service(id, { clientId, authentication, secret: name })(scene)), restore };
  };
}

/** Calls the management API with another secret, of the credential that the event has. */
export function apiSecret(holds: SecretOf): Fault {
  return async (scene) => {
    const { name, restore } = await store(scene, holds);
    return { event: (one) => (one.api ? { ...one, api: { ...one.api, secret: name } } : one), restore };
  };
}

/** Calls the management API as a service application. */
export function apiClient(scopes = ['okta.users.read'], holds = signingSecret): Fault {
  return async (scene) => {
    const { name, restore } = await store(scene, holds);
    const { clientId } = scene.okta.clients.service;
    const api: ApiCredential = { kind: 'client', clientId, secret: name, scopes };
    return { event: (one) => (one.api ? { ...one, api } : one), restore };
  };
}
