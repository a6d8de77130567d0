import type { MetricIdentity } from '../../../functions/model/metric.ts';
import type { MetricPoint, MetricStore } from '../../emulators/cloudwatch/index.ts';

/** How a point reaches CloudWatch: by PutMetricData, in a log line, or from AWS itself. */
export type PointSource = 'api' | 'log' | 'aws';

export type PublishedPoint = MetricPoint & { readonly source: PointSource };

/** How long after its measurement a point becomes visible, in milliseconds. */
export type Delay = (point: PublishedPoint) => number;

/** Passes published points on to the metric store when they arrive, or with a delay. */
export interface MetricIngestion {
  /**
   * @param arrivesAt when CloudWatch receives it, epoch ms. Its timestamp may be much older: alarms then saw a gap before.
   */
  publish(point: PublishedPoint, arrivesAt: number): void;
  /** Stores the points that became visible before a time. */
  storeArrived(before: number): void;
  /** Delays points from now on, until the returned function is called. */
  delay(delay: Delay): () => void;
  /** Whether a series has ever been published. */
  hasPublished(identity: MetricIdentity): boolean;
  /** The points published since the last call. */
  takePublished(): readonly PublishedPoint[];
}

export function openMetricIngestion(store: MetricStore): MetricIngestion {
  const delays = new Set<Delay>();
  const series = new Set<string>();
  let published: PublishedPoint[] = [];
  let arriving: { readonly point: PublishedPoint; readonly visibleAt: number }[] = [];
  return {
    publish(point, arrivesAt) {
      published.push(point);
      series.add(keyOf(point.identity));
      const delayMs = [...delays].reduce((sum, delay) => sum + delay(point), 0);
      arriving.push({ point, visibleAt: Math.max(arrivesAt, point.timestamp + delayMs) });
    },
    storeArrived(before) {
      for (const { point, visibleAt } of arriving) if (visibleAt < before) store.add(point);
      arriving = arriving.filter(({ visibleAt }) => visibleAt >= before);
    },
    delay(delay) {
      delays.add(delay);
      return () => {
        delays.delete(delay);
      };
    },
    hasPublished: (identity) => series.has(keyOf(identity)),
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
