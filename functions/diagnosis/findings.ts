import type { Finding } from '../model/finding.ts';

type Entry = Omit<Finding, 'code' | 'detail'>;

const oktaErrors = 'https://developer.okta.com/docs/reference/error-codes/';
const oktaStatus = 'https://status.okta.com/';
const oktaLimits = 'https://developer.okta.com/docs/reference/rate-limits/';
const oktaKeys = 'https://developer.okta.com/docs/concepts/key-rotation/';
const oktaPolicies = 'https://developer.okta.com/docs/guides/configure-access-policy/main/';
const oktaServers = 'https://developer.okta.com/docs/concepts/auth-servers/';
const oktaAuthentication = 'https://developer.okta.com/docs/api/openapi/okta-oauth/guides/client-auth/';

/** Every finding, by its permanent code: who must act, what it means, and what to do. One place a code. */
export const findings = {
  'dns-not-resolved': {
    domain: 'network',
    summary: "The org's name does not resolve.",
    causes: [
      'DNS is failing where the monitor runs',
      "the custom domain's CNAME was removed",
      'the domain is misspelt',
    ],
    remedy: [
      'Resolve the name from another network',
      "For a custom domain, compare its CNAME with Okta's Customizations > Brands > Domains",
    ],
  },
  'connection-refused': {
    domain: 'network',
    summary: 'The connection was refused or reset before an answer came.',
    causes: ['a proxy or firewall cuts the connection', "Okta's edge is failing"],
    remedy: ['Open the URL from another network', `Compare with ${oktaStatus}`],
  },
  'connect-timeout': {
    domain: 'network',
    summary: 'No TCP connection came about in time.',
    causes: ['packets are dropped on the way', 'a firewall swallows them', "Okta's edge is unreachable"],
    remedy: [
      'Connect to port 443 from another network',
      'Check egress rules, NAT and routes of the network that the monitor runs in',
    ],
  },
  'certificate-refused': {
    domain: 'network',
    summary: "The server's TLS certificate was refused.",
    causes: [
      'a proxy inspects TLS with a CA that is not trusted here',
      "a custom domain's certificate has expired, or renewal is blocked by a CAA record",
      'the name points at somebody else',
    ],
    remedy: [
      'Look at the certificate: openssl s_client -connect HOST:443 -servername HOST',
      "For a custom domain, check the domain's certificate in Okta's admin console",
    ],
  },
  'tls-failed': {
    domain: 'network',
    summary: 'The TLS handshake failed.',
    causes: ['a middlebox interferes', 'protocol versions or ciphers do not meet'],
    remedy: ['Try: openssl s_client -connect HOST:443 -servername HOST'],
  },
  'no-answer': {
    domain: 'okta',
    summary: 'The connection stands, but no complete answer came in time.',
    causes: ['Okta is overloaded or failing', 'a proxy holds the answer back'],
    remedy: [`Compare with ${oktaStatus}`, 'Open a case with Okta and give the times and endpoints below'],
  },
  'internal-error': {
    domain: 'okta',
    summary: 'Okta answers with an internal error.',
    causes: ['a fault inside Okta'],
    remedy: [`Compare with ${oktaStatus}`, 'Open a case with Okta and give the request ids below'],
    doc: oktaErrors,
  },
  'read-only-mode': {
    domain: 'okta',
    summary: 'Okta is in read-only mode: people can sign in, changes are refused.',
    causes: ['Okta switched the cell to safe mode, for maintenance or during an incident'],
    remedy: [`Follow ${oktaStatus}`, 'Hold back provisioning and administrative changes until it ends'],
    doc: oktaErrors,
  },
  'gateway-error': {
    domain: 'okta',
    summary: "Okta's gateway answers instead of the service behind it.",
    causes: ["the service behind Okta's edge is down or too slow"],
    remedy: [`Compare with ${oktaStatus}`, 'Open a case with Okta and give the request ids and times below'],
  },
  'temporarily-unavailable': {
    domain: 'okta',
    summary: 'Okta says that it is temporarily unable to answer.',
    causes: ['overload or maintenance inside Okta'],
    remedy: [`Compare with ${oktaStatus}`, 'If it lasts, open a case with Okta and give the request ids below'],
    doc: oktaErrors,
  },
  'page-instead-of-json': {
    domain: 'okta',
    summary: 'A web page came where a protocol answer belongs.',
    causes: ['a maintenance or login page', 'a proxy between the monitor and Okta answers in its place'],
    remedy: ['Open the URL in a browser and read the page', `Compare with ${oktaStatus}`],
  },
  'malformed-answer': {
    domain: 'okta',
    summary: 'The answer is not what the protocol demands.',
    causes: ['a fault inside Okta', 'a proxy cuts or changes the answer'],
    remedy: ['Repeat the request by hand and compare', 'Open a case with Okta and give the request id below'],
  },
  'keys-unusable': {
    domain: 'okta',
    summary: 'The published key set holds no key that can verify a signature.',
    causes: ['a fault inside Okta'],
    remedy: ['Fetch the key set by hand', 'Open a case with Okta: every service that verifies tokens is affected'],
    doc: oktaKeys,
  },
  'signing-key-unpublished': {
    domain: 'okta',
    summary: 'A fresh token is signed with a key that the server does not publish.',
    causes: ['keys were rotated and the key set lags behind', 'the application is pinned to a key of its own'],
    remedy: [
      'Fetch the key set and look for the kid below',
      "Look for key.rollover in Okta's System Log",
      'Restart or refresh services that cache keys',
    ],
    doc: oktaKeys,
  },
  'signature-invalid': {
    domain: 'okta',
    summary: "A fresh token's signature does not verify with the published key of that id.",
    causes: ['a fault inside Okta', 'something between changes the answer'],
    remedy: ['Open a case with Okta and give the kid and the request id below'],
    doc: oktaKeys,
  },
  'token-inactive': {
    domain: 'okta',
    summary: 'A token that was issued a moment ago introspects as inactive.',
    causes: ["Okta's token store lags or fails", 'something revokes tokens as they are issued'],
    remedy: ["Look for token.revoke in Okta's System Log", 'Open a case with Okta and give the request ids below'],
  },
  'announced-incident': {
    domain: 'okta',
    summary: "Okta announces an incident on this org's cell.",
    causes: ['see the announcement'],
    remedy: [`Follow ${oktaStatus}`],
    doc: oktaStatus,
  },
  'status-unknown': {
    domain: 'okta',
    summary: "Okta's status page cannot be read: unknown, which is not the same as operational.",
    causes: ['the page is down, moved or has changed its format'],
    remedy: [`Open ${oktaStatus} in a browser`, 'If it looks well there, the format has changed: update the monitor'],
    doc: oktaStatus,
  },
  'rate-limit-exhausted': {
    domain: 'quota',
    summary: "The org's rate limit for this endpoint is used up: other clients are refused as well.",
    causes: [
      'a client calls far more than usual',
      'a script or an integration loops',
      'the limit is too low for the load',
    ],
    remedy: [
      "Find the caller in Okta's rate-limit dashboard (Reports > Rate limits)",
      'Stop it, or ask Okta for a higher limit',
    ],
    doc: oktaLimits,
  },
  'client-rate-limited': {
    domain: 'quota',
    summary: "This client's own limit is used up; other clients are not affected.",
    causes: ['another program uses the same client from the same address', 'client-based rate limits are enforced'],
    remedy: [
      "Look for system.client.rate_limit.violation in Okta's System Log",
      'Give the monitor a client of its own',
    ],
    doc: oktaLimits,
  },
  'too-many-at-once': {
    domain: 'quota',
    summary: "The org's limit of requests under way at once is reached.",
    causes: ['slow requests pile up', 'a batch job runs with too many workers'],
    remedy: [
      "Look for core.concurrency.org.limit.violation in Okta's System Log",
      'Lower the concurrency of batch jobs',
    ],
    doc: oktaLimits,
  },
  'metadata-drifted': {
    domain: 'configuration',
    summary: 'Discovery names another issuer or other endpoints than this server should have.',
    causes: [
      "the server's issuer mode was changed",
      'a custom domain was added or removed',
      'the configured issuer or domain is wrong',
    ],
    remedy: [
      'Compare the issuer in Security > API > Authorization Servers with the configuration',
      'Every service that checks "iss" has to follow',
    ],
    doc: oktaServers,
  },
  'api-access-management-missing': {
    domain: 'configuration',
    summary: 'The org is not licensed for custom authorization servers.',
    causes: ['API Access Management is not part of the contract, or has lapsed'],
    remedy: ['Watch the Org server only, or have Okta add API Access Management'],
    doc: oktaServers,
  },
  'server-not-found': {
    domain: 'configuration',
    summary: 'There is no such authorization server, or it is not active.',
    causes: ['the id is wrong', 'the server was deactivated or deleted'],
    remedy: [
      'Look at Security > API > Authorization Servers',
      'Correct the id in the configuration, or activate the server',
    ],
    doc: oktaServers,
  },
  'scope-refused': {
    domain: 'configuration',
    summary: 'A scope that the client asks for is refused.',
    causes: [
      'the scope was removed or renamed',
      'a custom scope is asked of the Org server',
      'an okta.* scope was never granted to the application',
    ],
    remedy: [
      'Custom server: Security > API > Authorization Servers > Scopes',
      'Org server: the application > Okta API Scopes > Grant',
    ],
    doc: oktaServers,
  },
  'policy-refused': {
    domain: 'configuration',
    summary: 'No access policy allows this request.',
    causes: [
      'no rule of the server covers this client, grant and scope',
      'a policy or rule was deactivated',
      'a network zone excludes the caller',
    ],
    remedy: [
      'Security > API > Authorization Servers > Access Policies: add a rule for the client credentials grant',
      "Look for policy.evaluate_sign_on and token.grant failures in Okta's System Log",
    ],
    doc: oktaPolicies,
  },
  'redirect-uri-refused': {
    domain: 'configuration',
    summary: 'Okta shows an error page at /authorize instead of redirecting.',
    causes: [
      'the redirect URI is not registered, character for character',
      'the client id is wrong or the application is inactive',
    ],
    remedy: ['Applications > the application > Login redirect URIs: compare with the configuration'],
  },
  'request-refused': {
    domain: 'configuration',
    summary: 'Okta refuses the request.',
    causes: ["the application's or the server's settings do not allow it"],
    remedy: ['Read the error and its description below', "Find the request id in Okta's System Log"],
    doc: oktaErrors,
  },
  'issuer-mismatch': {
    domain: 'configuration',
    summary: 'The token names another issuer than this server has.',
    causes: ["the server's issuer mode was changed", 'the configured issuer is wrong'],
    remedy: ['Compare the issuer in Security > API > Authorization Servers with the configuration'],
    doc: oktaServers,
  },
  'audience-mismatch': {
    domain: 'configuration',
    summary: 'The token is meant for another audience than configured: services will refuse it.',
    causes: ["the server's audience was changed", 'the configured audience is wrong'],
    remedy: ['Compare the audience in Security > API > Authorization Servers with what the services expect'],
    doc: oktaServers,
  },
  'claim-missing': {
    domain: 'configuration',
    summary: 'The token lacks a claim that Okta promises.',
    causes: ['a claim was removed or its conditions changed', 'a token inline hook alters the token'],
    remedy: ['Security > API > Authorization Servers > Claims, and Token Preview'],
    doc: oktaServers,
  },
  'scope-missing': {
    domain: 'configuration',
    summary: 'The token was issued without a scope that was asked for.',
    causes: ['the policy rule no longer grants it'],
    remedy: ['Security > API > Authorization Servers > Access Policies: look at the scopes of the rule'],
    doc: oktaPolicies,
  },
  'token-expired': {
    domain: 'configuration',
    summary: 'A fresh token has already expired.',
    causes: ["the rule's token lifetime is far too short", 'a clock is wrong'],
    remedy: ['Look at the token lifetime of the policy rule', 'Compare the clock offset metric'],
    doc: oktaPolicies,
  },
  'permission-missing': {
    domain: 'configuration',
    summary: 'The API credential is valid but may not do this.',
    causes: ['an okta.* scope is missing', 'the admin role behind the credential was removed'],
    remedy: ["Grant the scope named below, and give the application or the token's owner a role that can read users"],
    doc: oktaErrors,
  },
  'client-refused': {
    domain: 'credentials',
    summary: 'Okta does not accept the client or its proof.',
    causes: [
      'the secret or key was rotated and the monitor still has the old one',
      'the application was deactivated',
      'the wrong authentication method is configured',
    ],
    remedy: [
      "Compare the application's client credentials with the secret in Secrets Manager",
      'After a rotation, store the new value: the next run reads it',
    ],
    doc: oktaAuthentication,
  },
  'api-token-refused': {
    domain: 'credentials',
    summary: 'Okta does not accept the API credential.',
    causes: [
      'an API token expires after 30 days without use',
      'the user who made it was deactivated',
      'it was revoked',
    ],
    remedy: ['Security > API > Tokens: make a new one from a service account and store it in the secret'],
    doc: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
  },
  'clock-skew': {
    domain: 'clock',
    summary: "Okta's clock and ours disagree.",
    causes: ['the clock of one side is wrong'],
    remedy: [
      'Compare the Date header of any Okta answer with a trusted clock',
      'Services with a wrong clock refuse good tokens',
    ],
  },
  'secret-unreadable': {
    domain: 'monitor',
    summary: 'The monitor cannot read its own secret.',
    causes: [
      'the secret does not exist or has another name',
      'its content is not the JSON that the monitor expects',
      'the function may not read or decrypt it',
    ],
    remedy: [
      'aws secretsmanager describe-secret --secret-id NAME',
      'See docs/configuration.md for the shape of each secret',
    ],
  },
  'out-of-time': {
    domain: 'monitor',
    summary: 'The run ended before this probe did.',
    causes: ['earlier requests took most of the time', 'the function is starved of CPU'],
    remedy: ['Look at the other outcomes of the same run first'],
  },
  'unrecognised-answer': {
    domain: 'okta',
    summary: 'An answer that the monitor does not know.',
    causes: ['Okta answers in a new way', 'a proxy answers in its place'],
    remedy: ['Look at the exchange below', 'If it is an Okta answer, report it so that a rule can be added'],
    doc: oktaErrors,
  },
} as const satisfies Record<string, Entry>;

export type FindingCode = keyof typeof findings;

/** A finding by its code, with what was seen this time. */
export function finding(code: FindingCode, detail?: string): Finding {
  return { code, ...findings[code], ...(detail && { detail }) };
}
