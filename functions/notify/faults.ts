import type { FaultDomain } from '../model/fault-domain.ts';

/** Whose fault it is, in as few words as fit a subject. */
export const domainLabels: Readonly<Record<FaultDomain, string>> = {
  okta: "Okta's fault",
  network: "network's fault",
  quota: 'rate limit',
  configuration: 'Okta setting',
  credentials: 'credentials',
  clock: 'clock',
  monitor: "monitor's fault",
};
