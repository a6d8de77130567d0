import { docs, type FindingDefinition } from './definition.ts';

const servers = 'Security > API > Authorization Servers';
const domains = 'Customizations > Brands > the brand > Domains';
const agents = 'Dashboard > Agents';
const openCase = 'Open a case with Okta Support and paste the support block';

/**
 * What breaks quietly, mostly at a time that is known before. The management API shows it to whoever asks, and users notice
 * it last.
 */
export const healthFindings = {
  'health-unread': {
    domain: 'okta',
    severity: 'ticket',
    brief: 'health not readable',
    summary:
      'Okta does not answer what the management API is asked, so nothing is known of what this probe looks after.',
    causes: ['a fault inside Okta, at this part of the API', 'an answer in a format that is not documented'],
    remedy: ['Look at the Admin Console instead until it is over', openCase],
    doc: docs.status,
    verify: 'curl -i -H "authorization: SSWS $OKTA_API_TOKEN" URL',
  },
  'application-not-found': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'application not found',
    summary: 'Okta has no application with an id that "health" names, so its certificates or keys are not checked.',
    causes: ['an application that was deleted', 'a wrong id in the configuration'],
    remedy: ['Compare the id with the address that Applications > the application has in the browser'],
    doc: docs.serviceApps,
    verify: 'Open Applications > Applications, and search for the id',
  },
  'identity-provider-certificate-expires': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'IdP certificate expires',
    summary:
      'The certificate with which Okta verifies an identity provider expires. After that, its users cannot sign in.',
    causes: ['a certificate that the operator of the identity provider has to renew, and to give to you'],
    remedy: [
      'Ask the operator of the identity provider for the next certificate',
      'In Security > Identity Providers > the identity provider, add it before the old one expires',
    ],
    doc: docs.identityProviders,
    verify: 'Open Security > Identity Providers > the identity provider',
  },
  'domain-certificate-expires': {
    domain: 'credentials',
    severity: 'ticket',
    brief: 'domain certificate expires',
    summary: 'The TLS certificate of a custom domain expires, and you renew it. After that, no browser signs in there.',
    causes: ['a certificate of your own that is due for renewal', 'a new certificate that was not uploaded to Okta'],
    remedy: [`In ${domains}, upload the new certificate, or let Okta manage it`],
    doc: docs.domains,
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -enddate',
  },
  'domain-certificate-not-renewed': {
    domain: 'credentials',
    severity: 'ticket',
    brief: 'domain cert not renewed',
    summary:
      'Okta manages the TLS certificate of a custom domain, and has not renewed it as early as it does otherwise.',
    causes: [
      "a CAA record that does not allow Okta's certificate authority",
      'a CNAME record that does not lead to Okta any more, or leads to a CDN',
      'a network zone that blocks the validation',
    ],
    remedy: [
      "Look up the domain's CAA records: letsencrypt.org must be allowed",
      `In ${domains}, compare the CNAME record with the one that Okta shows`,
      openCase,
    ],
    doc: docs.domains,
    verify: 'dig +short CAA DOMAIN; dig +short CNAME DOMAIN',
  },
  'domain-not-verified': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'domain not verified',
    summary: 'A custom domain is not verified, so Okta does not serve it, or will not renew its certificate.',
    causes: ['DNS records that were removed or changed', 'a domain whose setup was not finished'],
    remedy: [`In ${domains}, compare the DNS records with those that Okta shows, and verify the domain`],
    doc: docs.domains,
    verify: `Open ${domains}`,
  },
  'client-keys-inactive': {
    domain: 'credentials',
    severity: 'page',
    brief: 'no active client key',
    summary: 'An application has public keys, and none of them is active, so it cannot authenticate with a key.',
    causes: ['a rotation in which the old key was deactivated before the new one was activated'],
    remedy: ['In Applications > the application > General > Public Keys, activate the key that the client uses'],
    doc: docs.assertions,
    verify: 'Open Applications > the application > General > Public Keys',
  },
  'client-rotation-unfinished': {
    domain: 'credentials',
    severity: 'ticket',
    brief: 'rotation not finished',
    summary: 'An application has had two active secrets or keys for more than 30 days: a rotation was not finished.',
    causes: ['an old secret or key that nobody deactivated', 'two clients that share one application'],
    remedy: [
      'Find out which of the two the client uses',
      'In Applications > the application > General, deactivate and delete the other one',
    ],
    doc: docs.serviceApps,
    verify: 'Open Applications > the application > General > Client Credentials',
  },
  'client-credential-old': {
    domain: 'credentials',
    severity: 'ticket',
    brief: 'old client credential',
    summary: 'The secret or the key of an application is older than health.maxAgeDays. Okta lets neither expire.',
    causes: ['a secret or key that nobody has rotated'],
    remedy: [
      'In Applications > the application > General, add a second one',
      'Give it to the client, then deactivate the old one',
    ],
    doc: docs.serviceApps,
    verify: 'Open Applications > the application > General > Client Credentials',
  },
  'api-token-expires': {
    domain: 'credentials',
    severity: 'ticket',
    brief: 'API token unused',
    summary: 'An API token has not been used for weeks. Okta revokes it 30 days after its last use.',
    causes: ['a job that does not run any more', 'a token that nobody needs'],
    remedy: [
      'Ask the owner of the token whether it is needed',
      'In Security > API > Tokens, revoke it if it is not. If it is, each use gives it 30 more days',
    ],
    doc: docs.apiTokens,
    verify: 'Open Security > API > Tokens',
  },
  'api-token-owner-inactive': {
    domain: 'credentials',
    severity: 'ticket',
    brief: "API token's owner inactive",
    summary: 'The owner of an API token is not active, so Okta refuses the token.',
    causes: ['a person who left', 'a service account that was suspended'],
    remedy: [
      'Find out what uses the token',
      'In Security > API > Tokens, create one as a service account, and revoke the old one',
    ],
    doc: docs.apiTokens,
    verify: 'Open Security > API > Tokens',
  },
  'agent-pool-down': {
    domain: 'configuration',
    severity: 'page',
    brief: 'no agent works',
    summary:
      'None of the agents for a directory or network works. What needs them fails, and nothing at Okta is at fault.',
    causes: [
      'hosts of the agents that are down, or without a way to Okta',
      'a service account of the agents that is locked or whose password expired',
      'agents that are too old',
    ],
    remedy: [
      'Start the service of the agent on the hosts that the evidence names, and read its log',
      `In ${agents}, look what Okta says of each agent`,
    ],
    doc: docs.agents,
    verify: `Open ${agents}`,
  },
  'agent-down': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'agent down',
    summary: 'An agent for a directory or network does not work. Others of its pool do, and nothing is in reserve.',
    causes: ['a host that is down, or without a way to Okta', 'an agent that was stopped, or is too old'],
    remedy: [
      'Start the service of the agent on the host that the evidence names, and read its log',
      `If the host is gone, remove the agent in ${agents}`,
    ],
    doc: docs.agents,
    verify: `Open ${agents}`,
  },
  'hook-inactive': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'hook inactive',
    summary: 'An event hook or an inline hook is not active, so Okta does not call it.',
    causes: ['Okta, which deactivates a hook that fails', 'an administrator who deactivated it'],
    remedy: [
      'Search the System Log for eventType sw "event_hook" or eventType sw "inline_hook": the actor says who did it',
      'In Workflow > Event Hooks or Workflow > Inline Hooks, activate it, or add its id to health.ignored',
    ],
    doc: docs.hooks,
    verify: 'Open Workflow > Event Hooks, and Workflow > Inline Hooks',
  },
  'event-hook-unverified': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'event hook not verified',
    summary: 'An event hook is active and not verified, so it gets no events.',
    causes: ['an endpoint that did not answer the one-time verification', 'an endpoint whose address was changed'],
    remedy: ['In Workflow > Event Hooks > Actions, verify the hook'],
    doc: docs.hooks,
    verify: 'Open Workflow > Event Hooks',
  },
  'log-stream-inactive': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'log stream inactive',
    summary: 'A log stream is not active, so what it feeds gets no events of the System Log.',
    causes: ['Okta, which deactivates a stream that fails', 'an administrator who deactivated it'],
    remedy: [
      'Search the System Log for eventType sw "system.log_stream": the actor says who did it',
      'In Reports > Log Streaming, activate it, or add its id to health.ignored',
    ],
    doc: docs.logStreams,
    verify: 'Open Reports > Log Streaming',
  },
  'active-key-unpublished': {
    domain: 'configuration',
    severity: 'page',
    brief: 'signing key missing',
    summary:
      'The key with which a server signs is not among those that it publishes, even after these were fetched again.',
    causes: [
      'a cache in between that serves old keys',
      'a rotation by hand that has not reached the published keys',
      'a fault inside Okta',
    ],
    remedy: [
      'Fetch the keys past any cache of yours, and look for the kid of the finding',
      'Search the System Log for key.rollover',
      openCase,
    ],
    doc: docs.keys,
    verify: 'curl -s https://DOMAIN/oauth2/SERVER/v1/keys, and look for the kid of the finding',
  },
  'next-key-unpublished': {
    domain: 'okta',
    severity: 'ticket',
    brief: 'next key missing',
    summary:
      'The key with which a server will sign after its next rotation is not published, so caches cannot have it.',
    causes: ['a rotation that has just begun', 'a fault inside Okta'],
    remedy: [
      'Check that your services fetch the keys again when they meet an unknown kid',
      `In ${servers} > the server > Settings, look at the date of the next rotation`,
    ],
    doc: docs.keys,
    verify: 'curl -s https://DOMAIN/oauth2/SERVER/v1/keys',
  },
  'key-rotation-overdue': {
    domain: 'okta',
    severity: 'ticket',
    brief: 'key rotation overdue',
    summary: 'Okta has not rotated the keys of a server on the day that it announced.',
    causes: ['a fault inside Okta'],
    remedy: [`In ${servers} > the server > Settings, look at the date of the next rotation`, openCase],
    doc: docs.keys,
    verify: `Open ${servers} > the server > Settings`,
  },
  'signing-key-old': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'old signing key',
    summary: 'A server signs with a key that is older than health.maxAgeDays, because it is rotated by hand.',
    causes: ['a rotation mode that was set to manual for a service which cannot fetch keys, and left so'],
    remedy: [
      `In ${servers} > the server > Settings, set the rotation of the signing keys to automatic, or rotate them`,
    ],
    doc: docs.keys,
    verify: `Open ${servers} > the server > Settings`,
  },
} as const satisfies Record<string, FindingDefinition>;
