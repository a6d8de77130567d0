import { docs, type FindingDefinition } from '../definition.ts';

/** Your own API, which is not Okta's. The token that it got was issued by Okta in the same run. */
export const resourceFindings = {
  'resource-refused': {
    domain: 'configuration',
    severity: 'page',
    brief: 'your API refuses the token',
    summary: 'Your API refuses a token that Okta has just issued.',
    causes: [
      'an API that expects another audience, issuer or scope than the server issues',
      'an API that holds old signing keys: it must fetch them again when it meets an unknown kid',
      'a gateway in front of the API with rules of its own',
    ],
    remedy: [
      'Compare what the token has with what the API expects: both are in the evidence',
      "Read the API's log at the time of the request",
      "If the API's configuration did not change, look for a changed audience, claim or scope in Security > API > the server",
    ],
    doc: docs.tokens,
    verify: 'curl -i URL -H "authorization: Bearer $TOKEN"',
  },
  'resource-clock-differs': {
    domain: 'clock',
    severity: 'ticket',
    brief: 'clock of your API differs',
    summary:
      'Your API refuses a fresh token, and its clock differs from ours: the token looks expired, or not yet valid.',
    causes: ["the clock of the API's host"],
    remedy: ["Correct the clock of the API's host"],
    doc: docs.tokens,
    verify: 'curl -sI URL | grep -i ^date; date -u',
  },
  'resource-unreachable': {
    domain: 'network',
    severity: 'page',
    brief: 'your API is unreachable',
    summary: 'Your API does not answer where the monitor runs. Okta issued the token for it.',
    causes: [
      'an API that is down',
      'a name, a route or a firewall between the monitor and the API',
      'a certificate that is not valid',
    ],
    remedy: ['Call the API from another network', 'Ask the team that runs the API'],
    verify: 'curl -v URL',
  },
  'resource-failing': {
    domain: 'configuration',
    severity: 'page',
    brief: 'your API fails',
    summary: 'Your API answers with an error of its own. It is not about the token, and not about Okta.',
    causes: ['a fault inside the API, or behind it'],
    remedy: ['Ask the team that runs the API'],
    verify: 'curl -i URL -H "authorization: Bearer $TOKEN"',
  },
  'resource-unexpected': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'your API answers otherwise',
    summary: 'Your API answers with another status than the configuration expects.',
    causes: ['a changed API', 'a wrong URL, method or status in "resource"'],
    remedy: ['Compare the status with resource.status in the configuration'],
    verify: 'curl -i URL -H "authorization: Bearer $TOKEN"',
  },
  'resource-slow': {
    domain: 'configuration',
    severity: 'ticket',
    brief: 'your API is slow',
    summary: 'Your API answers slowly. The time is its own, and not that of Okta.',
    causes: ['load on the API'],
    remedy: ['Ask the team that runs the API'],
    verify: 'curl -so /dev/null -w "%{time_starttransfer}\\n" URL -H "authorization: Bearer $TOKEN"',
  },
} as const satisfies Record<string, FindingDefinition>;
