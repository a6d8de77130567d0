import type { Exchange } from '../model/exchange.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import { answeredBy } from '../notify/blame.ts';

/**
 * Who must act on a finding, for the beginning of a sentence. Okta is named alone only where an answer proves that Okta
 * sent it.
 */
export function whoMustAct(domain: FaultDomain, exchange: Exchange | undefined): string {
  const by = answeredBy(exchange)?.by;
  if (domain === 'okta' && by === 'unknown') return 'Okta, or whoever runs a proxy on the way, must act';
  if (domain === 'okta' && by === 'nobody') return 'Okta or the network team must act';
  if (domain === 'okta' && by === 'intermediary') return 'Whoever runs the proxy on the way must act';
  if (domain === 'network' && by === 'intermediary') return 'Whoever runs the proxy on the way must act';
  return actors[domain];
}

/** Without an answer to go by. */
const actors: Readonly<Record<FaultDomain, string>> = {
  okta: 'Okta must act',
  network: 'The network team must act',
  quota: 'The owner of the client that uses up the rate limit must act',
  configuration: 'An Okta administrator must act',
  credentials: 'Whoever owns the credential must act',
  clock: 'Whoever runs the clock that is wrong must act',
  monitor: 'The team that runs this monitor must act',
};
