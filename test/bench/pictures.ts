import { lineChart } from './line-chart.ts';
import type { BenchReport } from './report.ts';

export interface Picture {
  readonly id: string;
  readonly title: string;
  /** SVG. */
  readonly svg: string;
}

/** The name of a picture's file, beside docs/performance.md. */
export const pictureFile = (id: string) => `performance-${id}.svg`;

const bytesPerMegabyte = 1024 * 1024;

/** The curve of each load: what a process holds on to after each run. */
export function pictures({ loads = [] }: BenchReport): readonly Picture[] {
  return loads.map(({ id, what, samples, orgs }) => {
    const title = `Memory and open sockets: ${what}`;
    const of = (name: 'rssBytes' | 'heapBytes') => samples.map((sample) => sample[name] / bytesPerMegabyte);
    const sockets = samples.map((sample) => sample.sockets);
    const last = samples.at(-1);
    const whole = (bytes = 0) => (bytes / bytesPerMegabyte).toFixed(0);
    return {
      ...{ id, title },
      svg: lineChart({
        title,
        description: `After the last of ${samples.length}: RSS ${whole(last?.rssBytes)} MB, heap ${whole(last?.heapBytes)} MB, ${last?.sockets ?? 0} open sockets.`,
        across: orgs === 1 ? 'runs' : `times ${orgs} runs at once`,
        panels: [
          {
            unit: 'MB',
            lines: [
              { name: 'RSS', values: of('rssBytes') },
              { name: 'heap', values: of('heapBytes') },
            ],
          },
          { unit: 'sockets', lines: [{ name: 'open sockets', values: sockets }] },
        ],
      }),
    };
  });
}
