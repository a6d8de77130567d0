import { finding } from '../findings/finding.ts';
import { fetchWithToken, ProbeFailure } from '../findings/probe-failure.ts';
import { TransportError } from '../model/errors.ts';
import { answerMs, type Exchange } from '../model/exchange.ts';
import type { Comparison } from '../model/finding.ts';
import { type AccessToken, defineProbe, type ProbeContext } from '../model/probe.ts';
import { clockToleranceSeconds, factsOf } from '../okta/access-token.ts';

/**
 * Calls an API of your own with a fresh token, as its clients do: the other half of "Okta issues tokens, and the service
 * says 401" (RFC 6750).
 *
 * Trap: the API is not Okta. Nothing that it does is blamed on Okta, and its answer is never shown but for its status and
 * the error code of its challenge.
 */
export const serviceResource = defineProbe({
  id: 'resource',
  question: "Does your API accept the service application's token?",
  group: 'flows',
  scope: 'server',
  requires: ['service', 'serviceResource'],
  inputs: ['token'],
  requests: [],
  timed: true,
  metrics: {},
  run: (context) => callResource(context, context.inputs.token),
});

/** The same with the token of the user who signed in. */
export const userResource = defineProbe({
  id: 'user-resource',
  question: "Does your API accept the test user's token?",
  group: 'journey',
  scope: 'server',
  requires: ['user', 'web', 'userResource'],
  inputs: ['userTokens'],
  requests: [],
  timed: true,
  metrics: {},
  run: (context) => callResource(context, context.inputs.userTokens.access),
});

async function callResource(
  { org, server, fetch, exchanges }: Pick<ProbeContext, 'org' | 'server' | 'fetch' | 'exchanges'>,
  token: AccessToken,
) {
  const { resource } = server;
  if (!resource) throw new Error(`server ${server.id} has no resource`);
  const init = { method: resource.method, headers: { accept: '*/*' } };
  const { status } = await fetchWithToken(token, resource.url, init, fetch).catch((error: unknown) => {
    throw error instanceof TransportError ? new ProbeFailure('resource-unreachable', error.message) : error;
  });
  const exchange = exchanges.at(-1);
  if (status !== resource.status) throw failureOf(status, resource.status, exchange, token);
  const tookMs = exchange ? answerMs(exchange) : 0;
  const comparisons = [{ name: 'time to answer', expected: `at most ${org.slowAfterMs} ms`, found: `${tookMs} ms` }];
  return { readings: {}, warnings: tookMs > org.slowAfterMs ? [finding('resource-slow', { comparisons })] : [] };
}

/** What an answer with another status than the expected one means. */
function failureOf(status: number, expected: number, exchange: Exchange | undefined, token: AccessToken): ProbeFailure {
  const comparisons: Comparison[] = [{ name: 'status of your API', expected: `${expected}`, found: `${status}` }];
  const detail = `${status} at ${exchange?.url}`;
  if (status !== 401 && status !== 403)
    return new ProbeFailure(status >= 500 ? 'resource-failing' : 'resource-unexpected', { detail, comparisons });
  const facts = factsOf(token.value);
  const { error } = exchange?.error ?? {};
  const said = error !== undefined && /^[\w.-]{1,60}$/.test(error) ? error : 'nothing';
  const offset = exchange?.clockOffsetSeconds ?? 0;
  const differs = Math.abs(offset) > clockToleranceSeconds;
  return new ProbeFailure(differs ? 'resource-clock-differs' : 'resource-refused', {
    detail: `${detail}; it says ${said}`,
    ...(facts && { token: facts }),
    comparisons: [
      ...comparisons,
      { name: 'WWW-Authenticate of your API', expected: 'no error', found: said },
      ...(differs ? [{ name: 'clock of your API', expected: 'as ours', found: `${offset} s off` }] : []),
      ...(token.proofKey ? [{ name: 'token type', expected: 'what your API accepts', found: 'DPoP' }] : []),
      ...(['issuer', 'audience'] as const).flatMap((name) =>
        facts?.[name] === undefined
          ? []
          : [{ name: `${name} of the token`, expected: 'what your API accepts', found: facts[name] }],
      ),
    ],
  });
}
