import type { Resource } from '../../../functions/model/org.ts';
import type { ApiSettings } from '../../emulators/api/resource-api.ts';
import type { Fault } from '../../simulator/environment.ts';
import type { FaultAt, ScenarioTarget } from '../targets.ts';
import { alterServer } from './configuration.ts';
import { closedPort } from './unreachable.ts';

/** Changes what the API expects, and how it answers. */
export function alterApi(changes: Partial<ApiSettings>): Fault {
  return ({ api }) => ({ restore: api.alter(changes) });
}

/** Changes what the configuration says of the API. Does nothing in events of groups that do not use it. */
export function changeResource(change: Partial<Resource>): FaultAt<ScenarioTarget> {
  return alterServer((server) =>
    server.resource ? { ...server, resource: { ...server.resource, ...change } } : server,
  );
}

/** The API has a path that Okta has too. */
export const pathLikeOkta: FaultAt<ScenarioTarget> = (environment, target) =>
  changeResource({ url: new URL('/api/v1/users', environment.api.url).href })(environment, target);

/** The API shows a certificate that has expired. */
export const expiredCertificate: Fault = async ({ api }) => ({ restore: await api.expireCertificate() });

/** Nothing listens where the API should be. */
export const apiIsDown: FaultAt<ScenarioTarget> = async (environment, target) =>
  changeResource({ url: `https://${await closedPort()}/orders` })(environment, target);
