import { setTimeout as wait } from 'node:timers/promises';
import type { BoardPage } from '../self-hosted/board/page.ts';
import { pageReader, type ReadPage } from '../self-hosted/board/read-page.ts';
import { serveBoard } from '../self-hosted/board/serve-board.ts';
import { openHistory } from '../self-hosted/history/open-history.ts';
import type { Deployments } from './deployments.ts';
import type { Simulation } from './simulation/simulation.ts';

/** A board that shows the open simulation. */
export interface PlayedBoard extends AsyncDisposable {
  readonly url: string;
  /** Opens simulations that the board shows. */
  readonly deployments: Deployments;
  /** Resolves when the page is opened. */
  readonly viewed: Promise<void>;
}

export interface PlayOptions {
  readonly port: number;
  /** The name of the deployment. */
  readonly name: string;
  /** How long a minute takes at least, so that people can follow. */
  readonly leastMs: number;
}

/** Where the board of a simulation is. */
export const loopback = '127.0.0.1';

const nothing: BoardPage = { at: 0, orgs: [] };

/** Shows simulations in virtual time on a board on loopback, the last one even after its end. */
export async function playOnBoard(deployments: Deployments, options: PlayOptions): Promise<PlayedBoard> {
  const { port, name, leastMs } = options;
  const viewed = Promise.withResolvers<void>();
  let read: ReadPage = async () => nothing;
  await using opening = new AsyncDisposableStack();
  const board = opening.use(
    await serveBoard({ host: loopback, port, read: (org) => read(org), onView: viewed.resolve }),
  );

  async function show(simulation: Simulation, reader: Parameters<typeof pageReader>[0]['reader']) {
    read = pageReader({ system: simulation, reader, name, orgs: simulation.orgs, now: () => simulation.now });
    await board.changed();
  }

  const opened = opening.move();
  return {
    url: board.url,
    viewed: viewed.promise,
    deployments: {
      ...deployments,
      async open(variant, given) {
        const history = opened.use(openHistory(':memory:'));
        const simulation = await deployments.open(variant, { ...given, journal: history.journal });
        await show(simulation, history.reader);
        const tick = simulation.tick.bind(simulation);
        const close = simulation[Symbol.asyncDispose].bind(simulation);
        return Object.assign(simulation, {
          async tick() {
            const [minute] = await Promise.all([tick(), wait(leastMs)]);
            await board.changed();
            return minute;
          },
          async [Symbol.asyncDispose]() {
            const last = new Map<string | undefined, BoardPage>();
            for (const org of [undefined, ...simulation.orgs]) last.set(org, await read(org));
            read = async (org) => last.get(org) ?? { ...(last.get(undefined) ?? nothing), detail: undefined };
            await close();
          },
        });
      },
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
