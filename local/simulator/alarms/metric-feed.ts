import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { MetricPoint, MetricStore } from '../../emulators/cloudwatch/metric-store.ts';

/** How a point comes to CloudWatch: by PutMetricData, from a log, or from AWS itself. */
export type PointSource = 'api' | 'log' | 'aws';

export type FedPoint = MetricPoint & { readonly source: PointSource };

/** How much later than it was measured a point can be seen, in milliseconds. */
export type Delay = (point: FedPoint) => number;

/** The way of points into the store, on which some may be late. */
export interface MetricFeed {
  add(point: FedPoint): void;
  /** Lets everything in that has arrived before a time. */
  arrive(now: number): void;
  /** Delays points from now on. Returns the way back. */
  delay(delay: Delay): () => void;
  /** Whether a series has ever been published. */
  knows(identity: MetricIdentity): boolean;
  /** What was published since this was last asked. */
  takePublished(): readonly FedPoint[];
}

export function openMetricFeed(store: MetricStore): MetricFeed {
  const delays = new Set<Delay>();
  const known = new Set<string>();
  let published: FedPoint[] = [];
  let underway: { readonly point: FedPoint; readonly arrivesAt: number }[] = [];
  return {
    add(point) {
      published.push(point);
      known.add(keyOf(point.identity));
      const lateMs = [...delays].reduce((sum, delay) => sum + delay(point), 0);
      if (lateMs > 0) underway.push({ point, arrivesAt: point.timestamp + lateMs });
      else store.add(point);
    },
    arrive(now) {
      for (const { point, arrivesAt } of underway) if (arrivesAt < now) store.add(point);
      underway = underway.filter(({ arrivesAt }) => arrivesAt >= now);
    },
    delay(delay) {
      delays.add(delay);
      return () => {
        delays.delete(delay);
      };
    },
    knows: (identity) => known.has(keyOf(identity)),
    takePublished() {
      const taken = published;
      published = [];
      return taken;
    },
  };
}

function keyOf({ namespace, name, dimensions }: MetricIdentity): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([one], [other]) => (one < other ? -1 : 1))]);
}
