import type { OktaEmulator } from '../../../packages/okta-emulator/src/index.ts';
import { chance } from '../../self-hosted/chance.ts';

export interface PacketLossOptions {
  /** Of all requests, 0 to 1. */
  readonly share: number;
  /** The same seed loses the same requests. */
  readonly seed?: number;
  /** Which requests may be lost: all by default. */
  readonly path?: RegExp;
}

export interface PacketLoss extends Disposable {
  /** The number of requests lost so far. */
  readonly lost: number;
  stop(): void;
}

/**
 * Resets the connections of a share of an org's requests.
 *
 * Trap: the requests of one run are concurrent and come in no fixed order. So the choice depends on the minute, the path and
 * how often that path was requested in it, not on the next random number: runs with the same seed lose the same requests.
 */
export function losePackets(
  okta: OktaEmulator,
  minute: () => number,
  { share, seed = 1, path = /./ }: PacketLossOptions,
): PacketLoss {
  const asked = new Map<string, number>();
  let current = Number.NaN;
  let lost = 0;
  const stop = okta.intercept(
    {
      path,
      when(request) {
        if (minute() !== current) asked.clear();
        current = minute();
        const key = `${seed} ${current} ${request.method} ${request.path}`;
        const times = (asked.get(key) ?? 0) + 1;
        asked.set(key, times);
        const isLost = chance(`${key} ${times}`) < share;
        if (isLost) lost += 1;
        return isLost;
      },
    },
    { disconnect: 'reset' },
  );
  return {
    get lost() {
      return lost;
    },
    stop,
    [Symbol.dispose]: stop,
  };
}
