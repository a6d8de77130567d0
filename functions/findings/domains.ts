import type { FaultDomain } from '../model/fault-domain.ts';
import type { Route } from '../model/finding.ts';
import { deploy, failedOAuth, putSecret, type RunbookEntry } from './definition.ts';

const notOkta = 'This does not indicate an Okta problem.';
export const monitorTeamActs = 'The team that runs this monitor must act.';

/** The texts of a fault domain. HOST stands for the org's host. */
interface DomainTexts extends RunbookEntry, Readonly<Record<Route, string>> {
  /** Who must act. */
  readonly owner: string;
  /** Who to contact if the remedy does not help. */
  readonly escalation: string;
  readonly impact: string;
  /** A text for a status page, for people who know nothing of Okta. Absent where users notice nothing. */
  readonly statusPage?: string;
}

/** What holds for all findings of a fault domain. `page` and `ticket` describe the alarm of that severity. */
export const domainTexts: Readonly<Record<FaultDomain, DomainTexts>> = {
  okta: {
    page: 'Requests to HOST fail, and Okta is the likely cause. Users or applications may be affected.',
    ticket: 'Okta is slow or partly failing at HOST.',
    owner: 'Okta must act: open a case with Okta Support.',
    escalation:
      'Contact Okta Support. Include the support block: it has the request ids, times and endpoints that they ask for.',
    impact:
      'Users who are signed in stay signed in until their session or token ends, and then fail. New sign-ins fail at once.',
    systemLog: failedOAuth,
    mend: [
      '# Nothing on your side mends Okta. While you wait, silence the alarm, and enable it again afterwards:',
      'aws cloudwatch disable-alarm-actions --alarm-names okta-synthetics/ORG/okta/page',
      'aws cloudwatch enable-alarm-actions --alarm-names okta-synthetics/ORG/okta/page',
    ],
    statusPage:
      'Since HH:MM UTC, signing in to some of our applications fails or is slow. The cause is at our identity provider, who is working on it. If you are signed in, please stay signed in. Next update at HH:MM UTC.',
  },
  network: {
    page: 'Requests to HOST fail on the network. Users on this network may be affected.',
    ticket: 'The network path to HOST is unreliable.',
    owner: 'The team that runs DNS, egress and TLS here must act.',
    escalation:
      'Contact the team that runs DNS, egress and TLS inspection where the monitor runs. Contact Okta only if other networks have the same problem.',
    impact:
      'Whoever uses the same network path as the monitor cannot sign in. Users elsewhere may notice nothing: ask some of them.',
    mend: ['aws lambda get-function-configuration --function-name okta-synthetics-flows --query VpcConfig'],
    statusPage:
      'Since HH:MM UTC, signing in from some networks fails. We are looking for the cause on the network. Other networks may work. Next update at HH:MM UTC.',
  },
  quota: {
    page: 'A rate limit of HOST is used up or nearly used up. Okta refuses requests above it.',
    ticket: 'A rate limit of HOST is running low, or one client has reached its own limit.',
    owner: 'The owner of the client that uses it up must act.',
    escalation: 'Contact the owner of the client that uses up the limit, or Okta Support for a higher limit.',
    impact: 'Requests above the limit are refused, whoever sends them. A limit is whole again after a minute or less.',
    systemLog:
      'eventType eq "system.org.rate_limit.violation" or eventType eq "system.client.rate_limit.violation" or eventType eq "core.concurrency.org.limit.violation"',
    mend: ['# If the monitor itself is the client: raise intervalMinutes in the configuration, and deploy.', deploy],
    statusPage:
      'Since HH:MM UTC, some sign-ins fail because of too many requests. Please wait a minute before you try again. Next update at HH:MM UTC.',
  },
  configuration: {
    page: 'A setting of HOST prevents users from signing in.',
    ticket: 'A setting of HOST does not match what its applications need.',
    owner: "The org's Okta administrators must act.",
    escalation: "Contact the org's Okta administrators. Include the finding and its request ids.",
    impact: 'Applications with the same setting fail like the probe. Others notice nothing.',
    systemLog: 'eventType sw "policy." or eventType sw "oauth2.as"',
    mend: ['# If the configuration of the monitor is wrong: correct it, and deploy.', deploy],
    statusPage:
      'Since HH:MM UTC, some applications cannot sign users in because of a setting that we are correcting. Next update at HH:MM UTC.',
  },
  credentials: {
    page: 'A credential or certificate of HOST is about to break sign-in.',
    ticket: 'A credential or certificate of HOST was rejected or expires soon.',
    owner: 'Its owner must renew it.',
    escalation: 'Contact the owner of the application or API token in Okta, and of its secret.',
    impact: 'Whatever uses the same credential fails. As long as only the monitor does, users notice nothing.',
    systemLog:
      'eventType eq "app.oauth2.invalid_client_credentials" or eventType sw "app.oauth2.credentials.lifecycle"',
    mend: putSecret,
  },
  clock: {
    page: 'The clocks of HOST and of this monitor differ so much that valid tokens are rejected.',
    ticket: 'The clocks of HOST and of this monitor differ by more than a minute.',
    owner: 'The team that runs the host with the wrong clock must act.',
    escalation: "Contact the owner of the host with the wrong clock, or Okta Support if Okta's clock is wrong.",
    impact: 'A service with a wrong clock refuses valid tokens, or accepts expired ones.',
    mend: ['chronyc tracking', 'sudo chronyc makestep'],
  },
  monitor: {
    page: `The monitor can no longer check HOST. ${notOkta}`,
    ticket: `The monitor cannot complete all of its checks of HOST. ${notOkta}`,
    owner: monitorTeamActs,
    escalation: 'Contact the team that runs this monitor. This does not indicate an Okta problem.',
    impact: 'Users notice nothing. But what the monitor does not check may fail unnoticed.',
    mend: [deploy],
  },
};
