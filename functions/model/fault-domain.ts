/** Who must act on a finding. The order is that of a report: the outside world first, ourselves last. */
export const faultDomains = ['okta', 'network', 'quota', 'configuration', 'credentials', 'clock', 'monitor'] as const;

export type FaultDomain = (typeof faultDomains)[number];
