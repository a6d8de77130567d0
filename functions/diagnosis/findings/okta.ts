import { docs, type FindingDefinition } from './definition.ts';

const watchStatus = `Compare with ${docs.status}`;
const openCase = "Open a case with Okta's support and paste the support block";
const askOrganization = 'curl -v https://DOMAIN/.well-known/okta-organization';

/** What is Okta's own to mend. */
export const oktaFindings = {
  'no-answer': {
    domain: 'okta',
    severity: 'page',
    summary: 'The connection stands, but no complete answer came in time.',
    causes: ['Okta is overloaded or failing', 'a proxy holds the answer back'],
    remedy: [watchStatus, 'Repeat from another network', openCase],
    verify:
      'curl -o /dev/null -w "%{time_connect} %{time_starttransfer} %{time_total}\\n" https://DOMAIN/.well-known/okta-organization',
  },
  'slow-answer': {
    domain: 'okta',
    severity: 'ticket',
    summary: 'The answer is right, but its first byte took longer than allowed.',
    causes: ['Okta is slow', 'the way there is slow: compare the TCP and TLS phases', 'slowAfterMs is too strict'],
    remedy: ['Compare the phases in the evidence: a slow first byte alone is Okta', watchStatus],
    verify:
      'curl -o /dev/null -w "%{time_connect} %{time_starttransfer}\\n" https://DOMAIN/.well-known/okta-organization',
  },
  'internal-error': {
    domain: 'okta',
    severity: 'page',
    summary: 'Okta answers with an internal error.',
    causes: ['a fault inside Okta'],
    remedy: [watchStatus, openCase],
    doc: docs.errors,
    verify: askOrganization,
  },
  'read-only-mode': {
    domain: 'okta',
    severity: 'ticket',
    summary: 'Okta is in read-only mode: people can still sign in and tokens are still issued, changes are refused.',
    causes: ['Okta switched the cell to safe mode, for maintenance or during an incident'],
    remedy: [watchStatus, 'Hold back provisioning and administrative changes until it ends'],
    doc: docs.errors,
    verify: askOrganization,
  },
  'gateway-error': {
    domain: 'okta',
    severity: 'page',
    summary: "A gateway answers in place of Okta's service.",
    causes: ["the service behind Okta's edge is down or too slow", 'a proxy of your own fails'],
    remedy: [watchStatus, openCase],
    verify: askOrganization,
  },
  'temporarily-unavailable': {
    domain: 'okta',
    severity: 'page',
    summary: 'The authorization server says that it cannot answer now.',
    causes: ['overload or maintenance inside Okta', 'an error inside the authorization server'],
    remedy: [watchStatus, `If it lasts: ${openCase}`],
    doc: docs.errors,
    verify: askOrganization,
  },
  'unexpected-page': {
    domain: 'okta',
    severity: 'page',
    summary: 'A web page came where a protocol answer belongs.',
    causes: ['a maintenance or sign-in page of Okta', 'a proxy or captive portal answers in its place'],
    remedy: ['Open the URL in a browser and read the page', watchStatus],
    verify: 'curl -i URL | head -40',
  },
  'malformed-answer': {
    domain: 'okta',
    severity: 'page',
    summary: 'The answer is not what the protocol demands.',
    causes: ['a fault inside Okta', 'a proxy cuts or changes the answer'],
    remedy: ['Repeat the request by hand, from another network too', openCase],
    verify: 'curl -i URL',
  },
  'keys-unusable': {
    domain: 'okta',
    severity: 'page',
    summary: 'The published key set holds no key that can verify a signature.',
    causes: ['a fault inside Okta'],
    remedy: [
      'Fetch the key set by hand',
      `${openCase}: every service that verifies tokens is affected as soon as its cache expires`,
    ],
    doc: docs.keys,
    verify: 'curl -s https://DOMAIN/oauth2/SERVER/v1/keys',
  },
  'signing-key-unpublished': {
    domain: 'okta',
    severity: 'page',
    summary:
      'A fresh token is signed with a key that the server does not publish, even when its keys are fetched again.',
    causes: ['keys were rotated and the key set lags behind', 'the application is pinned to a key of its own'],
    remedy: ['Look for key.rollover in the System Log', 'Refresh services that cache keys', openCase],
    doc: docs.keys,
    verify: 'curl -s https://DOMAIN/oauth2/SERVER/v1/keys, and look for the kid of the finding',
  },
  'signature-invalid': {
    domain: 'okta',
    severity: 'page',
    summary: "A fresh token's signature does not verify with the published key of that id.",
    causes: ['a fault inside Okta', 'something on the way changes the answer'],
    remedy: ['Verify a token that was fetched from another network', openCase],
    doc: docs.keys,
    verify: 'Fetch a token by hand and verify it with the key set',
  },
  'token-inactive': {
    domain: 'okta',
    severity: 'page',
    summary: 'A token that was issued a moment ago introspects as inactive.',
    causes: ["Okta's token store lags or fails", 'something revokes tokens as they are issued'],
    remedy: ['Look for token.revoke in the System Log', openCase],
    verify: 'Fetch a token by hand and introspect it at the same server',
  },
  'announced-incident': {
    domain: 'okta',
    severity: 'info',
    summary: "Okta announces an incident on this org's cell.",
    causes: ['see the announcement'],
    remedy: [`Follow ${docs.status}`],
    doc: docs.status,
    verify: `Open ${docs.status} and look for the cell`,
  },
  'status-unknown': {
    domain: 'okta',
    severity: 'info',
    summary: "Okta's status page cannot be read: unknown, which is not operational.",
    causes: ['the page is down', 'it has moved or changed its format'],
    remedy: [`Open ${docs.status} in a browser`, 'If it looks well there, its format has changed: update the monitor'],
    doc: docs.status,
    verify: `curl -i ${docs.status} | head -40`,
  },
  'unrecognised-answer': {
    domain: 'okta',
    severity: 'page',
    summary: 'An answer that the monitor does not know.',
    causes: ['Okta answers in a new way', 'a proxy answers in its place'],
    remedy: ['Look at the exchange', 'If the answer is Okta’s, add a rule: docs/contributing.md shows how'],
    doc: docs.errors,
    verify: 'curl -i URL',
  },
} as const satisfies Record<string, FindingDefinition>;
