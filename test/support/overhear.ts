import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { stateTokenIn } from '../../functions/okta/pages.ts';
import type { InvocationResult, InvokeMessage } from '../../local/self-hosted/lambda/function-process.ts';
import type { OktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import type { Canaries } from './canaries.ts';

/** Adds every secret that the monitor and Okta exchange to the canaries, until the returned function is called. */
export function overhearOkta(okta: OktaEmulator, canaries: Canaries): () => void {
  return okta.intercept(
    { path: /./ },
    {
      transform(answer, { raw, body, query }) {
        canaries.add('an Authorization header that was sent', raw.headers.authorization?.split(' ')[1]);
        canaries.add('a proof that was sent', raw.headers.dpop?.toString());
        canaries.add('a nonce for proofs', answer.headers['dpop-nonce']?.toString());
        const sent = new URLSearchParams(body);
        for (const name of ['client_assertion', 'client_secret', 'token', 'code', 'code_verifier', 'refresh_token']) {
          canaries.add(`a ${name} that was sent`, sent.get(name) ?? undefined);
        }
        for (const name of ['state', 'nonce', 'code_challenge', 'id_token_hint', 'sessionToken', 'stateToken']) {
          canaries.add(`a ${name} that was sent`, query.get(name) ?? undefined);
        }
        canaries.add('a token that was issued', /"access_token":"([^"]+)"/.exec(answer.body)?.[1]);
        const [, oneTimeCode] = /"(?:passcode|passCode|totp)":"(\d{6})"/.exec(body) ?? [];
        if (oneTimeCode !== undefined) canaries.addNumber('a one-time code that was sent', oneTimeCode);
        canaries.add('a state token in a page', stateTokenIn(answer.body));
        for (const [, name, value] of `${body}\n${answer.body}`.matchAll(memberWithSecret)) {
          canaries.add(`the member ${name} of a message`, value);
        }
        const cookies = [raw.headers.cookie ?? '', answer.headers['set-cookie'] ?? []].flat();
        for (const [, value] of cookies.join('; ').matchAll(/=([^;\s]+)/g))
          canaries.add('the value of a cookie', value);
        const redirect = URL.parse(String(answer.headers.location ?? ''))?.searchParams;
        canaries.add('a code that was issued', redirect?.get('code') ?? undefined);
        return answer;
      },
    },
  );
}

/** The members in which a message of a sign-in, or an answer with tokens, has its secrets. */
const memberWithSecret =
  /"(access_token|id_token|refresh_token|stateToken|stateHandle|sessionToken|password|passcode|passCode)":"([^"]+)"/g;

/** A proxy in front of AWS. */
export interface OverheardAws extends AsyncDisposable {
  readonly url: string;
  /** The bodies of the PutMetricData requests. */
  readonly published: readonly string[];
  /** The items that were written to DynamoDB, and their texts. */
  readonly kept: readonly string[];
}

/** Starts a proxy in front of the AWS emulator that records what is published. */
export async function overhearAws(url: string): Promise<OverheardAws> {
  const published: string[] = [];
  const kept: string[] = [];
  const server = createServer(async (request, response) => {
    const bytes = await buffer(request);
    const isGzip = request.headers['content-encoding'] === 'gzip';
    const target = String(request.headers['x-amz-target']);
    if (target.endsWith('.PutMetricData')) published.push((isGzip ? gunzipSync(bytes) : bytes).toString());
    if (target.endsWith('.PutItem')) kept.push(bytes.toString(), JSON.parse(bytes.toString()).Item.body?.S);
    const headers = { 'x-amz-target': target, ...(isGzip && { 'content-encoding': 'gzip' }) };
    const answer = await fetch(url, { method: 'POST', headers, body: bytes }).catch(() => undefined);
    if (!answer) {
      request.socket.destroy();
      return;
    }
    const passed = ['content-type', 'x-amzn-query-error'].flatMap((name) => {
      const value = answer.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    response.writeHead(answer.status, Object.fromEntries(passed)).end(Buffer.from(await answer.arrayBuffer()));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    published,
    kept,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A built function whose whole output is recorded. */
export interface OverheardFunction {
  invoke(event: unknown, timeoutMs?: number): Promise<InvocationResult>;
  /** Stops it. Returns all that it wrote to stdout and stderr. */
  stop(): Promise<string>;
}

/** Starts a bundle as `startFunction` does, and records its stderr as well. */
export function overhearFunction(file: string, environment: Readonly<Record<string, string>>): OverheardFunction {
  const child = fork(path.resolve('local/self-hosted/lambda/function-host.ts'), [file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { PATH: process.env.PATH, AWS_REGION: 'us-east-1', ...environment },
  });
  const written = Promise.all([child.stdout, child.stderr].map((stream) => (stream ? text(stream) : '')));
  const ended = once(child, 'exit').then(async ([code]): Promise<InvocationResult> => {
    throw new Error(`the function's process ended with ${code}: ${(await written).join('\n')}`);
  });
  ended.catch(() => {});
  return {
    invoke(event, timeoutMs = 30_000) {
      const answered = once(child, 'message').then(([result]) => result as InvocationResult);
      child.send({ event, timeoutMs } satisfies InvokeMessage);
      return Promise.race([answered, ended]);
    },
    async stop() {
      if (child.connected) child.disconnect();
      return (await written).join('\n');
    },
  };
}
