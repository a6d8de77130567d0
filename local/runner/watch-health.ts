import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Invocation } from '../simulator/simulation.ts';
import type { Deployment } from '../simulator/template/deployment.ts';

/** Whether the runs of a watch are on time. */
export interface WatchHealth {
  readonly status: 'ok' | 'unhealthy';
  /** The schedules of which no run has ended in time, by name. */
  readonly late: readonly string[];
  /** When a run ended last, ISO 8601; absent before the first. */
  readonly lastRun?: string;
}

export interface HealthRecord {
  onRun(run: Pick<Invocation, 'at' | 'by' | 'durationMs'>): void;
  at(now: number): WatchHealth;
}

const minuteMs = 60_000;

/** A schedule is late when two of its runs are missing, and a minute for the slow ones. */
const intervals = 2;

/** @param since from when on runs are expected, epoch ms */
export function openHealthRecord(schedules: () => Deployment['schedules'], since: number): HealthRecord {
  const lastRuns = new Map<string, number>();
  let lastEnd: number | undefined;
  return {
    onRun({ at, by, durationMs }) {
      lastEnd = Math.max(lastEnd ?? 0, at + durationMs);
      if ('schedule' in by) lastRuns.set(by.schedule, at);
    },
    at(now) {
      const late = schedules()
        .filter(({ enabled }) => enabled)
        .filter(
          ({ name, intervalMinutes }) =>
            now - (lastRuns.get(name) ?? since) > (intervals * intervalMinutes + 1) * minuteMs,
        )
        .map(({ name }) => name);
      return {
        ...{ status: late.length > 0 ? 'unhealthy' : 'ok', late },
        ...(lastEnd !== undefined && { lastRun: new Date(lastEnd).toISOString() }),
      };
    },
  };
}

/** Serves `GET /health`: 200 while runs are on time, otherwise 503, each with the health as JSON. */
export async function serveHealth(
  { host, port }: { readonly host: string; readonly port: number },
  health: () => WatchHealth,
): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const isKnown = request.url === '/health';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const found = health();
    const status = !isKnown ? 404 : !isRead ? 405 : found.status === 'ok' ? 200 : 503;
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(isKnown && request.method === 'GET' ? `${JSON.stringify(found)}\n` : undefined);
  });
  server.listen(port, host);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}/health`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
