import { sourceMapOf } from '../../lib/functions/bundle.ts';
import { partsOf } from './cpu-profile.ts';
import { flowsAt } from './events.ts';
import { type Bench, exchangesOf } from './open-bench.ts';
import { fullCoreMemoryMb } from './processor-share.ts';
import type { ProfileReading } from './report.ts';
import { mean, median } from './statistics.ts';

/** The first runs compile the code, and do not count. */
const warmUp = 10;

/** Mean milliseconds of processor of each. */
interface BareParts {
  readonly signature: number;
  readonly verification: number;
  readonly handshake: number;
  readonly resumption: number;
  readonly request: number;
}

/** What warm runs of `flows` spend a full core on, and what a bare script spends on what they cannot do without. */
export async function measureProfile(bench: Bench): Promise<ProfileReading> {
  const { options, reference } = bench;
  const [domain = ''] = reference.domains;
  const event = flowsAt(domain);
  await using share = bench.openShare(fullCoreMemoryMb);
  await using measured = await bench.startFunction('flows', { share });
  const invokeOften = async (times: number, what: string) => {
    const runs = [];
    for (let run = 0; run < times; run += 1) {
      options.progress(`the profile of flows, ${what} ${run + 1} of ${times}`);
      await bench.rest();
      runs.push(await measured.invoke(event));
    }
    return runs;
  };
  await invokeOften(warmUp, 'warming up,');
  await measured.startProfile();
  const runs = await invokeOften(options.runs, 'run');
  const profile = await measured.stopProfile();
  const counts = countsOf(runs);
  options.progress('the parts of a run, in a bare script');
  await using script = await bench.startScript<object, BareParts>('bare-parts.mjs');
  const costs = await script.ask({ url: `https://${domain}/.well-known/openid-configuration`, times: options.runs });
  return {
    processorMs: mean(runs.map(({ processorMs }) => processorMs)),
    parts: partsOf(profile, sourceMapOf('flows')).map(({ what, ms }) => ({ what, ms: ms / runs.length })),
    needs: [
      { what: 'signatures with an RSA key of 2,048 bits', count: counts.signed, ms: costs.signature },
      { what: 'full TLS handshakes', count: counts.connections - counts.resumed, ms: costs.handshake },
      { what: 'resumed TLS handshakes', count: counts.resumed, ms: costs.resumption },
      { what: 'requests over an open connection', count: counts.requests, ms: costs.request },
      { what: 'verified tokens', count: counts.verified, ms: costs.verification },
    ],
  };
}

function countsOf(
  runs: readonly (Parameters<typeof exchangesOf>[0] & {
    readonly reading: { readonly connections: number; readonly resumed: number };
  })[],
) {
  const medianOf = (count: (run: (typeof runs)[number]) => number) => median(runs.map(count));
  const signed = (run: (typeof runs)[number]) =>
    exchangesOf(run).filter(({ authentication }) => authentication === 'private_key_jwt').length;
  return {
    requests: medianOf((run) => exchangesOf(run).length),
    signed: medianOf(signed),
    connections: medianOf(({ reading }) => reading.connections),
    resumed: medianOf(({ reading }) => reading.resumed),
    // Of custom servers: the org server's tokens are opaque.
    verified: medianOf(({ runs: [one] }) => one?.lines?.filter(({ probe }) => probe === 'verify').length ?? 0),
  };
}
