import { Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  type DashboardProps,
  type IAlarm,
  type IWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';

/** CloudWatch's grid is 24 units wide. More than four graphs in a row are too small to read. */
export const grid = { width: 24, columns: 4, height: 6 };

/** CloudWatch's limit for one widget. */
const mostAlarms = 100;

/** A dashboard that is filled row by row. */
export class Page extends Dashboard {
  constructor(scope: Construct, id: string, props: Pick<DashboardProps, 'dashboardName' | 'variables'>) {
    super(scope, id, { ...props, defaultInterval: Duration.hours(3) });
  }

  addText(markdown: string): void {
    this.addWidgets(new TextWidget({ markdown, width: grid.width, height: 2 }));
  }

  addAlarms(title: string, alarms: readonly IAlarm[]): void {
    for (const chunk of chunks(alarms, mostAlarms)) {
      const height = 1 + Math.ceil(chunk.length / grid.columns);
      this.addWidgets(new AlarmStatusWidget({ title, alarms: [...chunk], width: grid.width, height }));
    }
  }

  /** Widgets side by side, at most four in a row and all of the same width. */
  addRows<Item>(items: readonly Item[], widgetOf: (item: Item, width: number) => IWidget): void {
    const columns = Math.min(items.length, grid.columns);
    for (const row of chunks(items, columns)) {
      this.addWidgets(...row.map((item) => widgetOf(item, Math.floor(grid.width / columns))));
    }
  }
}

/** Splits a list into lists of `size` items; the last one may be shorter. */
export function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) || 0 }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
