import { createHash } from 'node:crypto';
import { errorEnvelope } from './error-responses.ts';
import { jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';

/** A flow of Okta Workflows, as a client that invokes it knows it. Okta has it at the host `<org>.workflows.okta.com`. */
export interface Flow {
  readonly url: string;
  /** For the header `x-api-client-token`. */
  readonly clientToken: string;
}

const path = '/api/flo/3f6c0b2d9a1e4c5f/invoke';

/** Makes the flow of an org, whose token follows from the org's API token. */
export function createFlow(
  origin: string,
  apiToken: string,
): Flow & { readonly respond: (request: OktaRequest) => OktaResponse } {
  const clientToken = createHash('sha256').update(`flow ${apiToken}`).digest('hex');
  return {
    url: `${origin}${path}`,
    clientToken,
    respond(request) {
      if (request.path !== path) return errorEnvelope('E0000007', `${request.path} (Flow)`);
      if (request.raw.headers['x-api-client-token'] !== clientToken) return errorEnvelope('E0000004');
      return jsonResponse(200, { ran: true });
    },
  };
}
