import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWidgetEvent } from '../../../../functions/board/widget-event.ts';
import { at } from '../../../support/log-of.ts';

const now = at('12:00');
const hourMs = 3_600_000;

describe('what CloudWatch asks of the widget', () => {
  it('is an org, a theme and the time range of the dashboard', () => {
    const timeRange = { mode: 'relative', start: now - hourMs, end: now, relativeStart: hourMs };
    const widgetContext = { params: { org: ' acme ' }, theme: 'dark', timeRange, locale: 'en', forms: { all: {} } };
    expect(readWidgetEvent({ widgetContext }, now)).toEqual({
      isAboutWidget: false,
      ...{ org: 'acme', theme: 'dark', range: { from: now - hourMs, to: now } },
    });
  });

  it('is the part of the time range that somebody zoomed into', () => {
    const timeRange = { start: now - hourMs, end: now, zoom: { start: now - 2_000, end: now - 1_000 } };
    expect(readWidgetEvent({ widgetContext: { timeRange } }, now).range).toEqual({
      from: now - 2_000,
      to: now - 1_000,
    });
  });

  it('is its documentation', () => {
    expect(readWidgetEvent({ describe: true }, now).isAboutWidget).toBe(true);
  });

  it('is all orgs and the last three hours, whatever is missing or malformed', () => {
    const all = { isAboutWidget: false, theme: 'light', range: { from: now - 3 * hourMs, to: now } };
    for (const event of [undefined, null, 7, {}, { widgetContext: { params: { org: '' }, theme: 'pink' } }]) {
      expect(readWidgetEvent(event, now)).toEqual(all);
    }
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (timeRange, params) => {
        const { range } = readWidgetEvent({ widgetContext: { timeRange, params } }, now);
        expect(range.from).toBeLessThan(range.to);
      }),
    );
  });
});
