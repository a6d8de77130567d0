import type { OktaEmulator, OktaRequest } from '../../packages/okta-emulator/src/index.ts';
import type { During } from '../../packages/okta-emulator/test/support/during.ts';

/** Keeps the requests to a path during a test, with their headers and queries. */
export function watchRequests(okta: OktaEmulator, during: During, path: RegExp): OktaRequest[] {
  const seen: OktaRequest[] = [];
  const when = (request: OktaRequest) => {
    seen.push(request);
    return false;
  };
  during(okta.intercept({ path, when }, {}));
  return seen;
}
