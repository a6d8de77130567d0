import { docs, type FindingDefinition } from './definition.ts';

/** Credentials, clocks and the monitor itself. */
export const ourFindings = {
  'client-refused': {
    domain: 'credentials',
    severity: 'ticket',
    summary: 'Okta rejects the client or its secret.',
    causes: [
      'a rotated secret that was not updated in the monitor',
      'a deactivated application',
      'a wrong client id or authentication method in the configuration',
    ],
    remedy: [
      "Compare the application's client credentials with the secret in Secrets Manager",
      'After a rotation, store the new value in the secret: the next run reads it',
    ],
    doc: docs.errors,
    verify: 'Open Applications > the application > General > Client Credentials',
  },
  'assertion-refused': {
    domain: 'credentials',
    severity: 'ticket',
    summary: "Okta rejects the client's signed assertion.",
    causes: [
      "a key that is not among the application's public keys, or no longer",
      'a key id that does not match',
      'an audience that is not the endpoint',
    ],
    remedy: [
      "In Applications > the application > General > Public Keys, compare the kid with the secret's",
      'After a rotation, store the new key in the secret: the next run reads it',
    ],
    doc: docs.assertions,
    verify: 'Open Applications > the application > General > Public Keys',
  },
  'api-token-refused': {
    domain: 'credentials',
    severity: 'ticket',
    summary: 'Okta rejects the API token.',
    causes: ['a revoked token', 'a token that was not used for 30 days', 'a deactivated owner of the token'],
    remedy: ['In Security > API > Tokens, create a token as a service account and store it in the secret'],
    doc: docs.apiTokens,
    verify: 'Open Security > API > Tokens',
  },
  'access-token-refused': {
    domain: 'credentials',
    severity: 'ticket',
    summary: 'Okta rejects the access token that it issued for its own API.',
    causes: ['a revoked token', 'a token that expired early', 'a deactivated application'],
    remedy: [
      'Search the System Log for token.revoke and application.lifecycle',
      'Check that the application is active',
    ],
    doc: docs.serviceApps,
    verify: 'Fetch a token by hand and call /api/v1/users?limit=1 with it',
  },
  'certificate-expires-soon': {
    domain: 'credentials',
    severity: 'ticket',
    summary: "The domain's TLS certificate expires within 30 days.",
    causes: [
      'a certificate of your own that is due for renewal',
      "a CAA record that blocks Okta's renewal for a custom domain",
    ],
    remedy: [
      'In Customizations > Brands > Domains, renew the certificate or let Okta manage it',
      "Check the domain's CAA records",
    ],
    doc: docs.domains,
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -enddate',
  },
  'certificate-expires-now': {
    domain: 'credentials',
    severity: 'page',
    summary: "The domain's TLS certificate expires within 7 days, and sign-in fails once it expires.",
    causes: [
      'a certificate of your own that is overdue for renewal',
      "a CAA record that blocks Okta's renewal for a custom domain",
    ],
    remedy: ['In Customizations > Brands > Domains, renew the certificate today', "Check the domain's CAA records"],
    doc: docs.domains,
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -enddate',
  },
  'clock-skew': {
    domain: 'clock',
    severity: 'ticket',
    summary: "Okta's clock and the monitor's are too far apart; services with a wrong clock reject valid tokens.",
    causes: ['a wrong clock on either side', 'a proxy that serves old responses'],
    remedy: [
      'Compare the Date header of any Okta response with a trusted clock',
      'Fix time synchronization on the side that is wrong',
    ],
    verify: 'curl -sI https://DOMAIN/.well-known/okta-organization | grep -i ^date; date -u',
  },
  'secret-unreadable': {
    domain: 'monitor',
    severity: 'ticket',
    summary: 'The monitor cannot read or use one of its own secrets.',
    causes: [
      'a secret that does not exist or has another name',
      'a value that is not the required JSON',
      "no permission for the function's role to read or decrypt it",
    ],
    remedy: [
      'Compare the name of the secret with the configuration',
      'Compare the value with the format in docs/configuration.md',
      "If the secret has its own KMS key, allow the function's role to decrypt with it",
    ],
    verify: 'aws secretsmanager describe-secret --secret-id NAME',
  },
  'metrics-refused': {
    domain: 'monitor',
    severity: 'ticket',
    summary: 'CloudWatch did not accept the metrics, so the monitor wrote them to the log for CloudWatch to extract.',
    causes: [
      'throttled PutMetricData calls',
      'no connection from the function to CloudWatch',
      "a missing permission in the function's role",
    ],
    remedy: ["Check CloudWatch's health in the region", "Check the function's role and its network"],
    verify: 'aws logs tail /aws/lambda/okta-synthetics-flows --since 15m',
  },
  'out-of-time': {
    domain: 'monitor',
    severity: 'ticket',
    summary: 'The run reached its time limit before this probe finished; all other results were published.',
    causes: ['other requests that took most of the time', 'too little CPU for the function'],
    remedy: ['Look at the other outcomes of the same run first', 'Lower timeoutMs'],
    verify: 'aws logs tail /aws/lambda/okta-synthetics-flows --since 15m --filter-pattern \'{ $.status = "failed" }\'',
  },
} as const satisfies Record<string, FindingDefinition>;
