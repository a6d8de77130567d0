import { CustomWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { grid } from './page.ts';

export interface BoardWidgetProps {
  readonly title: string;
  readonly functionArn: string;
  /** Absent for all orgs. */
  readonly org?: string;
  readonly height: number;
}

/**
 * A widget that the monitor's function renders: all orgs, or one in detail.
 *
 * Trap: whoever looks at it needs the right to invoke the function, and CloudWatch asks whether they allow it.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard.html
 */
export class BoardWidget extends CustomWidget {
  constructor({ title, functionArn, org, height }: BoardWidgetProps) {
    super({
      ...{ title, functionArn, width: grid.width, height },
      // A new size needs no new content.
      ...{ updateOnRefresh: true, updateOnTimeRangeChange: true, updateOnResize: false },
      ...(org !== undefined && { params: { org } }),
    });
  }
}
