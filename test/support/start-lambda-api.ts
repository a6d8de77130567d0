import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

/** A function as Lambda's API shows and invokes it. */
export interface ApiFunction {
  readonly variables?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  /** Its answer, or with `error` what Lambda says of one that failed. Never settles: no answer. */
  invoke(event: unknown): Promise<{ readonly value: unknown } | { readonly error: object }>;
}

export interface LambdaApi extends AsyncDisposable {
  readonly url: string;
  /** The requests, in order: `GetFunctionConfiguration okta-synthetics-flows`. */
  readonly calls: readonly string[];
  /** Refuses a call from now on. */
  refuse(
    operation: 'GetFunctionConfiguration' | 'Invoke',
    error: { readonly status: number; readonly type: string },
  ): void;
}

/** Lambda's API on loopback, as far as the SDK asks it for a configuration and for an answer. */
export async function startLambdaApi(functions: ReadonlyMap<string, ApiFunction>): Promise<LambdaApi> {
  const calls: string[] = [];
  const refusals = new Map<string, { readonly status: number; readonly type: string }>();
  const server = createServer(async (request, response) => {
    const [, name = '', what] =
      /^\/2015-03-31\/functions\/([^/]+)\/(configuration|invocations)/.exec(request.url ?? '') ?? [];
    const operation = what === 'configuration' ? 'GetFunctionConfiguration' : 'Invoke';
    calls.push(`${operation} ${name}`);
    const body = request.method === 'POST' ? await json(request) : undefined;
    const answer = (status: number, document: unknown, headers = {}) =>
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(document));
    const found = functions.get(name);
    const refusal = refusals.get(operation) ?? (found ? undefined : { status: 404, type: 'ResourceNotFoundException' });
    if (refusal || !found) {
      answer(refusal?.status ?? 404, { Message: 'canary' }, { 'x-amzn-errortype': refusal?.type });
      return;
    }
    if (operation === 'GetFunctionConfiguration') {
      answer(200, { Timeout: found.timeoutSeconds ?? 30, Environment: { Variables: found.variables ?? {} } });
      return;
    }
    const result = await found.invoke(body);
    if ('error' in result) answer(200, result.error, { 'x-amz-function-error': 'Unhandled' });
    else answer(200, result.value);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    refuse: (operation, error) => refusals.set(operation, error),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
