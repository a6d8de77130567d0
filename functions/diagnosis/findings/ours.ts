import { docs, type FindingDefinition } from './definition.ts';

/** Credentials, clocks, and the monitor itself. */
export const ourFindings = {
  'client-refused': {
    domain: 'credentials',
    severity: 'ticket',
    summary: 'Okta does not accept the client or its secret.',
    causes: [
      'the secret was rotated and the monitor still has the old one',
      'the application was deactivated',
      'the client id or the authentication method is wrong',
    ],
    remedy: [
      "Compare the application's client credentials with the secret in Secrets Manager",
      'After a rotation store the new value: the next run reads it',
    ],
    doc: docs.errors,
    verify: 'Applications > the application > General > Client Credentials',
  },
  'assertion-refused': {
    domain: 'credentials',
    severity: 'ticket',
    summary: "Okta does not accept the client's signed assertion.",
    causes: [
      "the key is not, or no longer, among the application's public keys",
      'the key id does not match',
      'the audience is not the endpoint',
    ],
    remedy: [
      "Applications > the application > General > Public Keys: compare the kid with the secret's",
      'After a rotation store the new key: the next run reads it',
    ],
    doc: docs.assertions,
    verify: 'Applications > the application > General > Public Keys',
  },
  'api-token-refused': {
    domain: 'credentials',
    severity: 'ticket',
    summary: 'Okta does not accept the API token.',
    causes: ['it was revoked', 'it was not used for 30 days', 'the user who made it was deactivated'],
    remedy: ['Security > API > Tokens: make a new one from a service account and store it in the secret'],
    doc: docs.apiTokens,
    verify: 'Security > API > Tokens',
  },
  'access-token-refused': {
    domain: 'credentials',
    severity: 'ticket',
    summary: 'Okta does not accept the access token that it issued for its own API.',
    causes: ['it was revoked', 'it expired early', 'the application was deactivated'],
    remedy: [
      'Look for token.revoke and application.lifecycle in the System Log',
      'Check that the application is active',
    ],
    doc: docs.serviceApps,
    verify: 'Fetch a token by hand and call /api/v1/users?limit=1 with it',
  },
  'certificate-expires-soon': {
    domain: 'credentials',
    severity: 'ticket',
    summary: "The domain's TLS certificate expires within 30 days.",
    causes: ['a certificate of your own is due', "a CAA record blocks Okta's renewal of a custom domain"],
    remedy: ['Customizations > Brands > Domains: renew it, or let Okta manage it', 'Check CAA records of the domain'],
    doc: docs.domains,
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -enddate',
  },
  'certificate-expires-now': {
    domain: 'credentials',
    severity: 'page',
    summary: "The domain's TLS certificate expires within 7 days: sign-in stops when it does.",
    causes: ['a certificate of your own is overdue', "a CAA record blocks Okta's renewal of a custom domain"],
    remedy: ['Customizations > Brands > Domains: renew it today', 'Check CAA records of the domain'],
    doc: docs.domains,
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -enddate',
  },
  'clock-skew': {
    domain: 'clock',
    severity: 'ticket',
    summary: "Okta's clock and ours are more than a minute apart. Services with a wrong clock refuse good tokens.",
    causes: ['the clock of one side is wrong', 'a proxy serves old answers'],
    remedy: [
      'Compare the Date header of any Okta answer with a trusted clock',
      'Mend time synchronisation on the side that is wrong',
    ],
    verify: 'curl -sI https://DOMAIN/.well-known/okta-organization | grep -i ^date; date -u',
  },
  'secret-unreadable': {
    domain: 'monitor',
    severity: 'ticket',
    summary: 'The monitor cannot read its own secret.',
    causes: [
      'it does not exist, or has another name',
      'its content is not the JSON that it must be',
      'the function may not read or decrypt it',
    ],
    remedy: [
      'Compare the name with the configuration',
      "docs/configuration.md shows each secret's shape",
      "For a key of your own, allow the function's role to decrypt",
    ],
    verify: 'aws secretsmanager describe-secret --secret-id NAME',
  },
  'metrics-refused': {
    domain: 'monitor',
    severity: 'ticket',
    summary: 'CloudWatch did not take the metrics. They were written to the log, from which it takes them too.',
    causes: [
      'PutMetricData is throttled',
      'CloudWatch cannot be reached from the function',
      "the function's role lacks the right",
    ],
    remedy: ['Look at the health of CloudWatch in the region', "Look at the function's role and its network"],
    verify: 'aws logs tail /aws/lambda/okta-synthetics-flows --since 15m',
  },
  'out-of-time': {
    domain: 'monitor',
    severity: 'ticket',
    summary: 'The run ended before this probe did. What was measured was published.',
    causes: ['other requests took most of the time', 'the function is starved of CPU'],
    remedy: ['Look at the other outcomes of the same run first', 'Lower timeoutMs'],
    verify: 'aws logs tail /aws/lambda/okta-synthetics-flows --since 15m --filter-pattern \'{ $.status = "failed" }\'',
  },
} as const satisfies Record<string, FindingDefinition>;
