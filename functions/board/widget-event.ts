import { asRecord, number, oneOf, text } from '../model/read.ts';
import type { TimeRange } from './read-measured.ts';

/**
 * What CloudWatch asks of a custom widget.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html
 */
export interface WidgetRequest {
  /** It asks for the widget's documentation. */
  readonly isAboutWidget: boolean;
  /** Absent for all orgs. */
  readonly org?: string;
  readonly theme: 'light' | 'dark';
  /** The time range of the dashboard. */
  readonly range: TimeRange;
}

const hourMs = 60 * 60_000;
const defaultHours = 3;

/** Reads the event. Missing members get defaults, because the widget may have been made by hand. */
export function readWidgetEvent(event: unknown, now: number): WidgetRequest {
  const { describe, widgetContext } = asRecord(event);
  const { params, theme, timeRange } = asRecord(widgetContext);
  const { start, end, zoom } = asRecord(timeRange);
  const org = text(asRecord(params).org, 60)?.trim();
  const zoomed = asRecord(zoom);
  const [from, to] = [number(zoomed.start) ?? number(start), number(zoomed.end) ?? number(end)];
  const isRange = from !== undefined && to !== undefined && from >= 0 && from < to && to <= now + hourMs;
  return {
    isAboutWidget: describe === true,
    ...(org && { org }),
    theme: oneOf(['light', 'dark'], theme) ?? 'light',
    range: isRange ? { from, to } : { from: now - defaultHours * hourMs, to: now },
  };
}
