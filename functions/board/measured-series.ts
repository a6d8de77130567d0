import type { MetricDefinition } from '../model/metric.ts';
import type { Series } from '../model/series.ts';

/** A metric whose series the board shows for an org. The template lists them, so that no probe must be loaded. */
export interface MeasuredSeries {
  readonly name: string;
  readonly statistic: MetricDefinition['statistic'];
  /** Absent for a series of the org as a whole. */
  readonly probe?: string;
}

/** The metrics on the board, by name. */
export const shownMetrics: Readonly<
  Record<string, { readonly as: 'latency' | 'headroom' } | { readonly expiry: string }>
> = {
  Duration: { as: 'latency' },
  Headroom: { as: 'headroom' },
  CertificateDaysLeft: { expiry: "the certificate of the org's domain" },
  SamlCertificateDays: { expiry: 'the first certificate of a SAML application' },
};

/** Those of some series that the board shows, each once. */
export function measuredSeries(series: readonly Series[]): readonly MeasuredSeries[] {
  const found = series.flatMap(({ identity, definition, source }): readonly MeasuredSeries[] => {
    if (!Object.hasOwn(shownMetrics, identity.name)) return [];
    const probe = source.kind === 'probe' ? { probe: source.probe.id } : {};
    return [{ name: identity.name, statistic: definition.statistic, ...probe }];
  });
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}
