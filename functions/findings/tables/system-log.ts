import { docs, type FindingDefinition, zonesTakeTime } from '../definition.ts';

const checkStatus = `Check ${docs.status} for an incident`;
const verify = 'Open Reports > Rate limits in the Admin Console, and select the bucket';
const searchLog = (expression: string) => `Open Reports > System Log and search for ${expression}`;

/** Findings from the org's own System Log. */
export const systemLogFindings = {
  'org-limit-reached': {
    domain: 'quota',
    severity: 'page',
    isWorsenedByRepeating: true,
    brief: "org's limit used up",
    summary:
      'A rate limit of the whole org for sign-ins or tokens was used up, so Okta refused everybody. Whose request reached it need not have sent the most.',
    causes: ['a client or script that sends far more than usual', 'many users at the same time'],
    remedy: [
      'In Reports > Rate limits, select the bucket to see who sends the most',
      'Stop it, or lower its share: Security > API > Tokens > the token, or Applications > the application > Application rate limits',
      'If the load is legitimate, ask Okta Support for a higher limit',
    ],
    doc: docs.limits,
    verify,
  },
  'api-limit-reached': {
    domain: 'quota',
    severity: 'ticket',
    isWorsenedByRepeating: true,
    brief: "org's API limit used up",
    summary:
      'A rate limit of the whole org was used up, so Okta refused requests of everybody. Sign-ins and tokens have other limits. Whose request reached it need not have sent the most.',
    causes: ['a script or integration that sends too many requests', 'several integrations at the same time'],
    remedy: [
      'In Reports > Rate limits, select the bucket to see who sends the most',
      'Slow it down, or lower its share: Security > API > Tokens > the token, or Applications > the application > Application rate limits',
    ],
    doc: docs.limits,
    verify,
  },
  'org-limit-near': {
    domain: 'quota',
    severity: 'ticket',
    isWorsenedByRepeating: true,
    brief: "org's limit nearly used up",
    summary:
      'Within the last hour a rate limit of the whole org was nearly used up, or exceeded within what Okta allows as a burst, in several minutes. At the limit, Okta refuses requests of everybody who shares it.',
    causes: ['load that grows towards the limit', 'a script or integration that runs at this time'],
    remedy: [
      'In Reports > Rate limits, select the bucket to see who sends the most',
      'Spread that load over more time, or cache what it asks for',
      'If the load is legitimate, ask Okta Support for a higher limit before it is needed',
    ],
    doc: docs.limits,
    verify,
  },
  'client-limit-reached': {
    domain: 'quota',
    severity: 'ticket',
    isWorsenedByRepeating: true,
    brief: "client's limit used up",
    summary:
      'An application, API token or user used up its own share of a rate limit. Okta refused its requests, and those of nobody else.',
    causes: ['a script in a loop', 'programs that share an application or token', 'too low a share (50 % by default)'],
    remedy: [
      'Let its owner obey X-Rate-Limit-Reset',
      'If the load is legitimate, raise its share: Security > API > Tokens > the token, or Applications > the application > Application rate limits',
    ],
    doc: docs.limits,
    verify,
  },
  'operation-limit-reached': {
    domain: 'quota',
    severity: 'ticket',
    isWorsenedByRepeating: true,
    brief: "operation's limit used up",
    summary:
      'Within the last quarter of an hour the limit of an operation was used up, such as the sending of text messages to a phone. Okta refused it to those who needed it.',
    causes: ['users who ask for codes again and again', 'fraud that sends codes to expensive numbers', 'a test'],
    remedy: [
      searchLog('eventType sw "system.operation."'),
      'Look at whom it was refused to, and whether they are known',
      'In Security > Authenticators, offer a factor that needs no message',
    ],
    doc: docs.limits,
    verify: searchLog('eventType eq "system.operation.rate_limit.violation"'),
  },
  'concurrency-reached': {
    domain: 'quota',
    severity: 'ticket',
    isWorsenedByRepeating: true,
    brief: 'too many at once',
    summary:
      'Within the last quarter of an hour there were more requests at the same time than Okta allows, so it refused some. Slow requests fill this limit, whatever the other limits have left.',
    causes: [
      'a program that sends many requests in parallel',
      'slow requests, such as long lists or those that wait for an inline hook',
    ],
    remedy: [
      'In Reports > Rate limits, look at the concurrent requests',
      'Find the program and let it send fewer requests at the same time',
      'In Workflow > Inline Hooks, look for a hook that answers slowly',
    ],
    doc: docs.limits,
    verify: searchLog('eventType co "concurrency"'),
  },
  'sign-in-failures-rise': {
    domain: 'configuration',
    isFaultUnknown: true,
    severity: 'ticket',
    brief: 'more failed sign-ins',
    summary:
      'More sign-ins of users fail than at this hour on other days, and a larger share of all. Whose fault it is was not seen.',
    causes: [
      'a changed policy, authenticator or directory',
      'an application or device that keeps sending an old password',
      'somebody who tries passwords',
    ],
    remedy: [
      searchLog('eventType eq "user.session.start" and outcome.result eq "FAILURE"'),
      'Compare reason, place and application of the failures',
      'Undo the change that they began with, or block the addresses in Security > Networks',
    ],
    verify: searchLog('eventType eq "user.session.start" and outcome.result eq "FAILURE"'),
  },
  'lockouts-rise': {
    domain: 'configuration',
    isFaultUnknown: true,
    severity: 'ticket',
    brief: 'more lockouts',
    summary: 'More users are locked out than at this hour on other days. Whose fault it is was not seen.',
    causes: [
      'somebody who tries passwords',
      'a device or application that keeps sending an old password after passwords were changed',
      'a password policy with fewer attempts than before',
    ],
    remedy: [
      searchLog('eventType sw "user.account.lock"'),
      'If the addresses are unknown, block them in Security > Networks, and let Security > General > Okta ThreatInsight block',
      'In Security > Authenticators > Password, compare the lockout of the policies with what it was',
    ],
    verify: searchLog('eventType sw "user.account.lock"'),
  },
  'token-refusals-rise': {
    domain: 'configuration',
    isFaultUnknown: true,
    severity: 'ticket',
    brief: 'more refused tokens',
    summary: 'Okta refuses more token requests than at this hour on other days. Whose fault it is was not seen.',
    causes: ['a changed policy, scope or application', 'a client with an old secret or refresh token'],
    remedy: [
      searchLog('eventType co "token.grant" and outcome.result eq "FAILURE"'),
      'In Security > API > Authorization Servers, or in Applications > the application, look for what the reason says',
    ],
    verify: searchLog('eventType co "token.grant" and outcome.result eq "FAILURE"'),
  },
  'blocked-requests-rise': {
    domain: 'configuration',
    isFaultUnknown: true,
    severity: 'ticket',
    brief: 'more blocked requests',
    summary:
      'A network zone or ThreatInsight blocks more requests than at this hour on other days. Whether they are people or an attack was not seen.',
    causes: [
      'an attack, which is blocked as it should be',
      'an office or VPN whose address was blocked: few networks and many users',
      'a changed network zone',
    ],
    remedy: [
      searchLog('eventType eq "security.request.blocked"'),
      'Compare the addresses with those of your offices and VPN, and exempt yours in Security > Networks',
      zonesTakeTime,
    ],
    verify: searchLog('eventType eq "security.request.blocked"'),
  },
  'sign-ins-fall': {
    domain: 'configuration',
    isFaultUnknown: true,
    severity: 'ticket',
    brief: 'sign-ins stay away',
    summary:
      'Far fewer people sign in than in this half hour of past weeks. A holiday looks the same. Whose fault it is was not seen.',
    causes: [
      'a holiday, or another day on which few people work',
      'a sign-in page, script, device or network that does not let people get as far as Okta',
      'a policy or routing rule that sends them elsewhere',
    ],
    remedy: [
      'Ask some users, or the service desk, whether they can sign in',
      'Sign in with a browser, and with Okta FastPass on a managed device',
      searchLog('eventType eq "user.session.start"'),
    ],
    verify: 'Open Reports > System Log > Count of events over time for eventType eq "user.session.start"',
  },
  'access-removed-in-bulk': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'access removed in bulk',
    summary:
      'More people lost an application, a group or their account within ten minutes than at this hour on any other day. Whether it was meant was not seen.',
    causes: [
      'a Terraform or API run that unassigned a group or users',
      'an import from HR or a directory that deactivates people',
      'a planned clean-up',
    ],
    remedy: [
      searchLog('eventType eq "application.user_membership.remove" or eventType eq "user.lifecycle.deactivate"'),
      'Ask the owner of the client or import that the events name whether it was meant',
      'If not: stop the run or the import before you assign anybody again',
    ],
    verify: searchLog('eventType sw "group.application_assignment" or eventType eq "user.lifecycle.deactivate"'),
  },
  'delegated-authentication-failing': {
    domain: 'configuration',
    isFaultUnknown: true,
    severity: 'page',
    severityOfPart: 'ticket',
    brief: 'directory does not answer',
    summary:
      "A directory or provider that checks passwords for Okta does not answer, so its users cannot sign in. Whether it, its agents or Okta's side is at fault was not seen.",
    causes: [
      'a directory or an agent that is slow: Okta waits only seconds',
      'agents that look healthy and cannot reach a domain controller',
      'a fault of delegated authentication in Okta',
    ],
    remedy: [
      searchLog('eventType sw "user.authentication.auth_via_" and outcome.result eq "FAILURE"'),
      'On the agents, look at the log and at the time that a domain controller takes to answer',
      checkStatus,
    ],
    doc: docs.agents,
    verify: searchLog('eventType eq "user.authentication.auth_via_AD_agent" and outcome.result eq "FAILURE"'),
    impact:
      'Users of that directory cannot sign in. Where Okta has cached their password, they still can for some days.',
  },
  'codes-not-arriving': {
    domain: 'configuration',
    isFaultUnknown: true,
    severity: 'ticket',
    brief: 'codes do not arrive',
    summary:
      'Okta sends codes or requests to confirm, and far fewer than usual are used. Whose fault it is was not seen.',
    causes: [
      'a provider of messages that fails or delays them',
      'a filter for mail, or a carrier, that holds them back',
      'somebody who asks for codes and never uses them',
    ],
    remedy: [
      checkStatus,
      searchLog('eventType sw "system.sms." or eventType sw "system.email."'),
      'Tell users to take another factor, as long as it lasts',
    ],
    verify: 'Sign in with a user of your own who has that factor, and wait for the code',
    impact: 'Users who have no other factor cannot sign in.',
  },
  'provisioning-failing': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'provisioning fails',
    summary: 'Okta could not write users to an application again and again, and never could within the last hour.',
    causes: [
      'a credential of the integration that has expired or was revoked',
      'a rate limit of the application',
      'an application that is down',
    ],
    remedy: [
      'In Applications > the application > Provisioning > Integration, test the credentials',
      'In Dashboard > Tasks, retry what failed once it works',
    ],
    verify: searchLog('eventType sw "application.provision." and outcome.result eq "FAILURE"'),
    impact: 'New people get no account there, and those who left keep theirs. Sign-in goes on.',
  },
  'log-lags': {
    domain: 'okta',
    severity: 'ticket',
    brief: 'System Log late',
    summary:
      "The monitor's own token requests have no event in the System Log after ten minutes. Security tools that read it see nothing new either.",
    causes: ['a delay in Okta'],
    remedy: ['In Reports > System Log, search for a transaction id that is named here'],
    doc: docs.status,
    verify: searchLog('transaction.id eq "ID"'),
  },
  'log-lacks-events': {
    domain: 'okta',
    severity: 'ticket',
    brief: 'System Log incomplete',
    summary:
      "Some of the monitor's own token requests have no event in the System Log after half an hour, and later ones have.",
    causes: ['events that were lost in Okta', 'events that are very late'],
    remedy: ['In Reports > System Log, search for the transaction ids that are named here'],
    doc: docs.status,
    verify: searchLog('transaction.id eq "ID"'),
  },
  'log-behind': {
    domain: 'monitor',
    severity: 'ticket',
    brief: 'behind the System Log',
    summary: 'More events reach the System Log than the monitor may read, so it reads them late.',
    causes: ['many more events than usual', 'too small a share of the rate limit of /api/v1/logs for the monitor'],
    remedy: [
      'Raise atMostPercent of the org in the configuration',
      'Raise the share of the application or API token: Applications > the application > Application rate limits, or Security > API > Tokens > the token',
      'Look for what writes so many events: Reports > System Log > Count of events over time',
    ],
    doc: docs.limits,
    verify: 'Compare the newest event in Reports > System Log with the time that is named here',
  },
  'log-memory-refused': {
    domain: 'monitor',
    severity: 'ticket',
    brief: 'log position not kept',
    summary:
      'The state table could not be read or written, so the run counted nothing of the System Log. The next run reads the same events again.',
    causes: [
      'throttled or slow requests to the state table',
      'another run at the same time',
      "a missing permission in the function's role",
    ],
    remedy: ["Check DynamoDB's health in the region", "Check the function's role and its network"],
    verify: 'aws logs tail /aws/lambda/okta-synthetics-system-log --since 15m',
  },
} as const satisfies Record<string, FindingDefinition>;
