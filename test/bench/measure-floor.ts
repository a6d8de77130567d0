import { type Exactness, errorsOfRun, exactnessOf, type LoggedExchange } from './errors-of-run.ts';
import { peerFlowsAt, referenceClient } from './events.ts';
import type { Bench } from './open-bench.ts';
import type { FiveSteps } from './peers/five-steps.ts';
import { medianTook, type Took } from './statistics.ts';

type BareReply = Took & { readonly exchanges: readonly LoggedExchange[] };

export function fiveStepsAt(domain: string): FiveSteps {
  const [server] = peerFlowsAt(domain).servers;
  if (!server?.service) throw new Error('the example has no custom server with a service application');
  const { id: client, secret } = referenceClient;
  return { issuer: server.issuer, client, secret, scope: server.service.scopes.join(' ') };
}

export interface Floor extends Took {
  readonly exactness: Exactness;
}

/** The first runs compile the code, and do not count. */
const warmUp = 5;

/** A bare script over one kept connection: the error of the measurement itself, and the least that five steps take. */
export async function measureFloor(bench: Bench): Promise<Floor> {
  const { reference, options } = bench;
  const [domain = ''] = reference.domains;
  const steps = fiveStepsAt(domain);
  await using client = await bench.startScript<FiveSteps, BareReply>('bare-client.mjs');
  await reference.read();
  const replies: BareReply[] = [];
  for (let run = 0; run < warmUp + options.runs; run += 1) {
    options.signal.throwIfAborted();
    options.progress(`a bare client, run ${run + 1} of ${warmUp + options.runs}`);
    replies.push(await client.ask(steps));
  }
  const exchanges = replies.flatMap((reply) => reply.exchanges);
  const requestsOfWarmUp = replies.slice(0, warmUp).flatMap((reply) => reply.exchanges).length;
  const errors = errorsOfRun(exchanges, await reference.read());
  const counted = replies.slice(warmUp);
  return {
    exactness: exactnessOf(errors.slice(requestsOfWarmUp)),
    ...medianTook(counted),
  };
}
