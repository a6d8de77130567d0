/** Who must act on a finding. The order is that of a report: the outside world first, ourselves last. */
export const faultDomains = ['okta', 'network', 'quota', 'configuration', 'credentials', 'clock', 'monitor'] as const;

export type FaultDomain = (typeof faultDomains)[number];

/** The name of a fault domain in a message, short enough for a subject line. */
export const domainLabels: Readonly<Record<FaultDomain, string>> = {
  okta: 'Okta problem',
  network: 'network problem',
  quota: 'rate limit',
  configuration: 'Okta configuration',
  credentials: 'credentials',
  clock: 'clock',
  monitor: 'monitor problem',
};
