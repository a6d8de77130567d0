import type { FaultDomain } from '../../model/fault-domain.ts';
import type { Finding } from '../../model/finding.ts';

/** What is always true of a finding. Its code is the name that it has in its table. */
export interface FindingDefinition
  extends Pick<Finding, 'domain' | 'severity' | 'summary' | 'causes' | 'remedy' | 'doc'> {
  /** A command or a look that shows the cause apart from the monitor. Capitals stand for what the reader fills in. */
  readonly verify: string;
}

/** Whom to turn to when the remedy does not help, by who must act. */
export const escalations: Readonly<Record<FaultDomain, string>> = {
  okta: "Okta's support, with the support block of the finding. It has the request ids, times and endpoints that they ask for.",
  network:
    'Whoever runs DNS, egress and TLS inspection where the monitor runs; Okta only if other networks see the same.',
  quota: "The owner of the client that spends the limit; Okta's support for a higher limit.",
  configuration: 'The Okta administrators of the org, with the finding and its request ids.',
  credentials: 'Whoever owns the application or the API token in Okta, and its secret.',
  clock: 'Whoever runs the host with the wrong clock; for Okta itself, its support.',
  monitor: 'The team that runs this monitor. Of Okta it says nothing.',
};

export const docs = {
  errors: 'https://developer.okta.com/docs/reference/error-codes/',
  status: 'https://status.okta.com/',
  limits: 'https://developer.okta.com/docs/reference/rate-limits/',
  keys: 'https://developer.okta.com/docs/concepts/key-rotation/',
  policies: 'https://developer.okta.com/docs/guides/configure-access-policy/main/',
  servers: 'https://developer.okta.com/docs/concepts/auth-servers/',
  serviceApps: 'https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/',
  assertions: 'https://developer.okta.com/docs/guides/build-self-signed-jwt/js/main/',
  dpop: 'https://developer.okta.com/docs/guides/dpop/nonoktaresourceserver/main/',
  domains: 'https://developer.okta.com/docs/guides/custom-url-domain/main/',
  hooks: 'https://developer.okta.com/docs/concepts/inline-hooks/',
  apiTokens: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
  tokens: 'https://developer.okta.com/docs/guides/validate-access-tokens/dotnet/main/',
} as const;
