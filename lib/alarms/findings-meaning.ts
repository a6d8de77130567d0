import type { FindingAlarm } from '../../functions/alarms/finding-alarms.ts';
import type { Route } from '../../functions/alarms/subject.ts';
import type { FaultDomain } from '../../functions/model/fault-domain.ts';

/** What is true of an org's host, by how urgent it is, and who must act. */
type Meaning = Readonly<Record<Route | 'who', string>>;

const meanings: Readonly<Record<FaultDomain, Meaning>> = {
  okta: {
    page: 'Okta fails at HOST, so people may be unable to sign in',
    ticket: 'Okta works at HOST, but slowly or only in part',
    who: 'Okta must act, and its support takes the case',
  },
  network: {
    page: 'HOST cannot be reached, so nobody on this network may be able to sign in',
    ticket: 'The way to HOST is disturbed',
    who: 'whoever runs DNS, egress and TLS here must act',
  },
  quota: {
    page: 'A rate limit of HOST is used up or nearly so, and Okta refuses what comes after',
    ticket: 'A rate limit of HOST runs low, or a single client has met its own',
    who: 'the owner of the client that spends it must act',
  },
  configuration: {
    page: 'A setting of HOST keeps people from signing in',
    ticket: 'A setting of HOST is not what its applications need',
    who: "the org's Okta administrators must act",
  },
  credentials: {
    page: 'A credential or certificate of HOST is about to stop sign-in',
    ticket: 'A credential or certificate of HOST is refused or runs out soon',
    who: 'its owner must renew it',
  },
  clock: {
    page: 'The clocks of HOST and of this monitor are so far apart that good tokens are refused',
    ticket: 'The clocks of HOST and of this monitor are more than a minute apart',
    who: 'whoever runs the host with the wrong clock must act',
  },
  monitor: {
    page: 'The monitor can no longer judge HOST, of which this says nothing',
    ticket: 'The monitor cannot do all of its work at HOST, of which this says nothing',
    who: 'the team that runs this monitor must act',
  },
};

/** What an alarm on findings says in one sentence, before anybody has read a log. */
export function findingsMeaning({ domain, severity }: FindingAlarm, host: string): string {
  const { [severity]: what, who } = meanings[domain];
  return `${what.replace('HOST', host)}: ${who}.`;
}
