import type { Exchange } from '../model/exchange.ts';
import type { FaultDomain } from '../model/fault-domain.ts';
import type { Finding, Suspect } from '../model/finding.ts';
import { type Ascription, ascribe } from '../okta/sender.ts';

/** Who answered the request that failed, and what shows it. Undefined if there was no request. */
export function answeredBy(exchange: Exchange | undefined): Ascription | undefined {
  return exchange && ascribe(exchange);
}

/** Whose fault it is, for the beginning of a sentence. It never says more than the answer shows. */
export function blameOf(
  { domain, suspect }: Pick<Finding, 'domain' | 'suspect'>,
  answer: Exchange | undefined,
): string {
  if (suspect) return blamesSuspect[suspect] ?? blames[domain];
  const sender = answeredBy(answer);
  const { status = 0 } = answer ?? {};
  // Okta may have refused it on purpose, for a reason that the answer does not show.
  if (domain === 'okta' && sender?.by === 'okta' && status >= 400 && status < 500) return 'Refused by Okta';
  if (domain === 'okta' && sender) return blamesOkta[sender.by];
  if (domain === 'network' && sender?.by === 'intermediary') return 'A proxy or firewall, not Okta';
  if (domain === 'network' && sender?.by === 'unknown') return blamesOkta.unknown;
  return blames[domain];
}

/** `our way` is a fault of the domain: the monitor's, or that of the network that it runs in. */
const blamesSuspect: Readonly<Record<Suspect, string | undefined>> = {
  okta: "Okta's fault",
  'okta or administrators': "Okta's or its administrators' fault",
  'okta or custom domain': "Okta's or the custom domain's fault",
  'custom domain': 'Fault of the custom domain',
  'our way': undefined,
  unknown: 'Fault not known yet',
};

const blamesOkta: Readonly<Record<Ascription['by'], string>> = {
  okta: "Okta's fault",
  unknown: "Okta's or a proxy's fault",
  nobody: "Okta's or the network's fault",
  intermediary: 'Not answered by Okta',
  resource: 'Not answered by Okta',
};

const blames: Readonly<Record<FaultDomain, string>> = {
  okta: "Okta's fault",
  network: 'Network fault',
  quota: 'Rate limit',
  configuration: 'Configuration fault',
  credentials: 'Credential fault',
  clock: 'Clock fault',
  monitor: "Monitor's fault",
};

/** Describes who answered, with the evidence. One proof of Okta is enough. Empty without an answer. */
export function describeSender({ by, because }: Ascription): readonly string[] {
  if (by === 'nobody') return [];
  return [`${senders[by]}: ${(by === 'okta' ? because.slice(0, 1) : because).join(', ')}`];
}

const senders: Readonly<Record<Exclude<Ascription['by'], 'nobody'>, string>> = {
  okta: 'answered by Okta',
  intermediary: 'answered by something in between, not Okta',
  unknown: 'answered by Okta or something in between',
  resource: 'answered by your API',
};
