import { z } from 'zod';
import { defaultDeployment, deploymentPattern } from '../../functions/model/deployment.ts';
import { type FaultDomain, faultDomains } from '../../functions/model/fault-domain.ts';
import { routes as allRoutes } from '../../functions/model/finding.ts';
import {
  clientAuthentications,
  engines,
  healthProbes,
  mostCertificateReads,
  mostClientReads,
  resourceTokens,
} from '../../functions/model/org.ts';
import type { Group } from '../../functions/model/probe.ts';
import { defaultExpiryDays } from '../../functions/okta/expiry.ts';
import { mostOrgStacks } from '../limits/fleet-limits.ts';
import {
  httpsUrl,
  issuerUrl,
  orgDomain,
  redirectUri,
  scope,
  secretReference,
  timeZone,
  urlWithoutQuery,
} from './fields.ts';
import { maintenanceSchedule } from './maintenance-schedule.ts';
import { receiver } from './receiver.ts';

/** The retention times that CloudWatch Logs accepts, in days. */
export const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const clientId = z.string().min(1).describe('the client ID of the application, as shown in the Admin Console');

const secret = (contents: string) =>
  secretReference.describe(`the name or complete ARN of a secret in AWS Secrets Manager that contains ${contents}`);

/** The longest interval at which a configuration may run a group. */
export const longestIntervalMinutes: Readonly<Record<Group, number>> = {
  ...{ flows: 60, limits: 60, status: 60, journey: 60, health: 60, 'system-log': 3 },
  'negative-tests': 1_440,
};

const minutes = z.int().min(1).max(longestIntervalMinutes.flows);

const intervals = {
  flows: minutes.describe('the sign-in and rate-limit probes, which share metrics; 1 to 60'),
  status: minutes.describe("the probe of Okta's status page; 1 to 60"),
  journey: z
    .int()
    .min(2)
    .max(longestIntervalMinutes.journey)
    .describe('the sign-in of the test user, if "user" is set; 2 to 60'),
  health: z
    .int()
    .min(5)
    .max(longestIntervalMinutes.health)
    .describe('the checks of what breaks quietly, if "health" is set; 5 to 60'),
  systemLog: z
    .int()
    .min(1)
    .max(longestIntervalMinutes['system-log'])
    .describe('the reading of the System Log, if "systemLog" is set; 1 to 3'),
  negativeTests: z
    .int()
    .min(15)
    .max(longestIntervalMinutes['negative-tests'])
    .describe('the negative tests, if "negativeTests" is true; 15 to 1440'),
};

const dpop = z
  .boolean()
  .optional()
  .describe(
    'true if the application requires Demonstrating Proof of Possession (DPoP), as new API service applications do by default: its tokens are then bound to a key, and must be',
  );

const web = z.strictObject({
  clientId,
  redirectUri: redirectUri.describe('a sign-in redirect URI of the application; must match exactly'),
  scopes: z
    .array(scope)
    .min(1)
    .default(() => ['openid'])
    .describe('the scopes to request at sign-in'),
  secret: secret('{"clientSecret": …} or {"privateKey": …}')
    .optional()
    .describe(
      'the name or complete ARN of a secret in AWS Secrets Manager that contains {"clientSecret": …} or {"privateKey": …}; omitted for a public client. Only the journey of a test user needs it',
    ),
  authentication: z
    .enum(clientAuthentications)
    .optional()
    .describe('how the client authenticates if it has a secret; client_secret_basic if omitted'),
  dpop,
  par: z
    .boolean()
    .optional()
    .describe('true if the sign-in of the test user must push its authorization requests (PAR)'),
});

const samlApp = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lowercase letters, digits or hyphens')
    .describe('your name for the application'),
  ssoUrl: httpsUrl.describe(
    'where a sign-on from Okta begins: the Location of the SingleSignOnService in the metadata',
  ),
  metadataUrl: httpsUrl.describe('the metadata URL of the application, as Sign On shows it'),
  acsUrl: httpsUrl.describe('where the service provider takes responses: its Assertion Consumer Service'),
  audience: z.string().min(1).describe('the entity ID of the service provider'),
  issuer: z.string().min(1).optional().describe('the entity ID of the application, if the service provider checks it'),
  nameIdFormat: z
    .string()
    .startsWith('urn:oasis:names:tc:SAML:', 'must begin with urn:oasis:names:tc:SAML:')
    .optional()
    .describe('the format of NameID that the service provider expects'),
  attributes: z.array(z.string().min(1)).optional().describe('names of attributes that the service provider needs'),
  certificateFingerprint: z
    .string()
    .regex(/^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/, 'must be a SHA-256 fingerprint: 64 hexadecimal digits')
    .optional()
    .describe('the SHA-256 fingerprint of the certificate that the service provider has'),
});

const user = z
  .strictObject({
    login: z.string().min(1).max(100).describe('the user name with which the test user signs in'),
    secret: secret('{"password": …}, and "totpSecret" (base32) if a one-time code is asked for'),
    engine: z
      .enum(engines)
      .optional()
      .describe('how to sign in: "identity" or "classic" engine; by default, what the org\'s metadata says'),
  })
  .describe(
    'a test user who signs in on a schedule; enables the journey. Never an administrator: see docs/test-user.md',
  );

const service = z.strictObject({
  clientId,
  authentication: z
    .enum(clientAuthentications)
    .default('private_key_jwt')
    .describe('how the client authenticates; the Org server accepts only private_key_jwt'),
  secret: secret('{"privateKey": …} or {"clientSecret": …}'),
  dpop,
});

const server = z.strictObject({
  id: z
    .string()
    .regex(
      /^(org|default|aus[A-Za-z0-9]+)$/,
      'is not a valid server ID: use "org", "default", or an ID that begins with aus',
    )
    .describe(
      '"org" for the Org Authorization Server, "default", or the ID (aus…) of a custom authorization server; not its name',
    ),
  issuer: issuerUrl
    .optional()
    .describe("the issuer in the server's tokens, if the issuer mode makes it differ from the domain of the org"),
  audience: z.string().min(1).optional().describe('the expected aud claim of access tokens; custom servers only'),
  scopes: z
    .array(scope)
    .optional()
    .describe(
      "the scopes of the service application's token: okta.* scopes at the Org server, your own scopes at a custom server",
    ),
  expects: z
    .strictObject({
      claims: z
        .array(z.string().min(1))
        .optional()
        .describe('names of claims that access tokens must contain; custom servers only'),
      idToken: z
        .array(z.string().min(1))
        .optional()
        .describe('names of claims that ID tokens must contain, such as email or preferred_username'),
      userinfo: z
        .array(z.string().min(1))
        .optional()
        .describe('names of claims that the userinfo endpoint must return'),
      refreshTokenRotation: z
        .boolean()
        .optional()
        .describe("whether the web application's refresh tokens rotate; not checked if omitted"),
      refreshTokenLeewaySeconds: z
        .int()
        .min(0)
        .max(60)
        .optional()
        .describe(
          'the grace period for token rotation of the web application, in seconds; 0 to 60. Once an hour, the journey waits for its end and tries the replaced refresh token, which must be refused; not checked if omitted',
        ),
      minLifetimeSeconds: z
        .int()
        .min(60)
        .max(86_400)
        .optional()
        .describe('the minimum lifetime of a new access token, in seconds; 60 to 86400'),
    })
    .optional()
    .describe("what your services require of this server's access tokens, beyond what Okta guarantees"),
  resource: z
    .strictObject({
      url: httpsUrl.describe('its URL'),
      method: z.enum(['GET', 'HEAD', 'POST']).default('GET').describe('the method; a POST has no body'),
      status: z.int().min(200).max(499).default(200).describe('the status of a healthy answer'),
      token: z
        .enum(resourceTokens)
        .default('service')
        .describe('whose token it takes: "service" for the service application, "user" for the test user'),
    })
    .optional()
    .describe("an API of yours that takes this server's access tokens; it is called with a new one in each run"),
  web: web.optional().describe("replaces the org's web application at this server"),
  service: service.optional().describe("replaces the org's service application at this server"),
});

const api = z
  .strictObject({
    token: z
      .strictObject({ secret: secret('{"apiToken": …}') })
      .optional()
      .describe('an API token'),
    client: z
      .strictObject({
        clientId,
        secret: secret('{"privateKey": …}'),
        scopes: z
          .array(scope)
          .min(1)
          .default(() => ['okta.users.read'])
          .describe('the okta.* scopes to request; they must be granted to the application'),
        dpop,
      })
      .optional()
      .describe('a service application with okta.* scopes; it authenticates with private_key_jwt'),
  })
  .meta({ minProperties: 1, maxProperties: 1 });

/** Days before an expiry. */
const daysBefore = z.array(z.int().min(1).max(365));

const oktaId = z.string().regex(/^[A-Za-z0-9]{10,40}$/, 'must be an id of Okta, such as 0oa1b2c3d4e5f6g7h8i9');

const health = z.strictObject({
  applications: z
    .array(oktaId)
    .min(1)
    .max(mostCertificateReads)
    .optional()
    .describe(`the ids of SAML applications whose certificates are checked; at most ${mostCertificateReads}`),
  allApplications: z
    .boolean()
    .default(false)
    .describe(
      `true to check the certificates of all active SAML applications instead: ${mostCertificateReads} of them in each run, the next ones each hour`,
    ),
  clients: z
    .array(oktaId)
    .min(1)
    .max(mostClientReads)
    .optional()
    .describe(
      `the client IDs of applications whose keys are checked, besides that of "api"; at most ${mostClientReads}`,
    ),
  readSecrets: z
    .boolean()
    .default(false)
    .describe(
      "true to check the age of these applications' secrets too. Okta then sends them to the monitor in clear text, which drops them, and logs an event each time",
    ),
  expiryDays: z
    .strictObject({
      ticket: daysBefore
        .default(() => [...defaultExpiryDays.ticket])
        .describe('how many days before an expiry a ticket is sent, once each; 1 to 365'),
      page: daysBefore
        .default(() => [...defaultExpiryDays.page])
        .describe('how many days before an expiry a page is sent, once each, and on the day itself; 1 to 365'),
    })
    .prefault({})
    .describe('when an expiry is told'),
  maxAgeDays: z
    .int()
    .min(30)
    .max(3_650)
    .default(365)
    .describe(
      'the age in days at which a client secret, a client key or a signing key that is rotated by hand is too old',
    ),
  ignored: z
    .array(z.string().regex(/^[\w-]{1,100}$/, 'must be an id of Okta'))
    .min(1)
    .optional()
    .describe('the ids of agents, pools, domains, hooks and others that are known to be as they are'),
  required: z
    .array(z.enum(healthProbes))
    .min(1)
    .optional()
    .describe(
      'the probes for which a missing scope or admin role is a ticket; for others it is a note, and what cannot be read is not checked',
    ),
});

const statusPage = z.strictObject({
  page: httpsUrl.optional().describe("the URL of the page; by default, that of Okta's commercial cells"),
  tell: z
    .union([z.enum(['all', 'none']), z.array(z.string().trim().min(1)).min(1)])
    .optional()
    .describe(
      'which incidents that Okta announces for the cell are tickets: "all" (the default), "none", or those of the sub-services in a list, as the page names them: ["Single Sign-On"]',
    ),
});

const receivers = z.array(receiver).default(() => []);

const routes = z.strictObject(
  Object.fromEntries(
    faultDomains.map((domain) => [
      domain,
      z
        .enum(allRoutes)
        .optional()
        .describe(`who is notified about findings in the fault domain ${domain}: "page" or "ticket"`),
    ]),
  ) as Record<FaultDomain, z.ZodOptional<z.ZodEnum<{ page: 'page'; ticket: 'ticket' }>>>,
);

/** Objectives above this leave less than five minutes a month, and those below the other burn more slowly than alarms see. */
const [lowestObjective, highestObjective] = [95, 99.99] as const;

const slo = z.strictObject({
  objectivePercent: z
    .number()
    .min(lowestObjective)
    .max(highestObjective)
    .describe(
      `how many percent of the minutes must be good: ${lowestObjective} to ${highestObjective}. A minute is bad if a run reported a page finding in one of "domains"`,
    ),
  windowDays: z.literal([28, 30]).default(30).describe('the rolling window in days: 28 or 30'),
  domains: z
    .array(z.enum(faultDomains))
    .min(1)
    .default((): FaultDomain[] => ['okta'])
    .describe('the fault domains that count against the objective; only okta if omitted'),
});

/** No maintenance windows: those of the deployment may name the org. */
const ownAlerts = z
  .strictObject({
    pages: receivers.describe('who receives pages about this org'),
    tickets: receivers.describe('who receives tickets about this org'),
    routes: routes.prefault({}).describe('overrides the routes of the deployment for this org'),
  })
  .describe("replaces the deployment's receivers for this org");

const org = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lowercase letters, digits or hyphens')
    .describe('your name for the org. Do not change it later: metrics are stored under this name'),
  domain: orgDomain.describe('the host of the org, such as acme.okta.com, with a port if it is not 443'),
  enabled: z.boolean().default(true).describe('false deploys nothing of the org'),
  cell: z
    .string()
    .regex(/^[a-z.-]+:\d+$/, 'must look like okta.com:8, as on the status page')
    .optional()
    .describe(
      'the Okta cell of the org, as the status page names it: okta.com:8. If omitted, the metadata of the org names it',
    ),
  sibling: orgDomain
    .optional()
    .describe(
      'the other name of the org: its okta.com name where "domain" is a custom domain, or its custom domain. It is asked once a minute, so that a custom domain that fails alone is told apart. If omitted, the metadata of the org names it',
    ),
  control: httpsUrl
    .optional()
    .describe(
      "the URL of a host that is neither AWS's nor Okta's. It is asked when a connection fails: if it answers, the way to the Internet works. If omitted, the status page",
    ),
  statusPage: statusPage.optional().describe('replaces the settings of the status page for this org'),
  alerts: ownAlerts.optional(),
  slo: slo.optional().describe('replaces the service level objective for this org'),
  dashboard: z
    .boolean()
    .default(false)
    .describe(
      'whether the org gets a dashboard of its own, besides the overview in which it can be selected; 3 dollars per month',
    ),
  intervalMinutes: z
    .strictObject({
      flows: intervals.flows.optional(),
      status: intervals.status.optional(),
      journey: intervals.journey.optional(),
      health: intervals.health.optional(),
      systemLog: intervals.systemLog.optional(),
      negativeTests: intervals.negativeTests.optional(),
    })
    .prefault({})
    .describe(
      'how often each group of probes runs for this org, where that is not as "intervalMinutes" of the file says',
    ),
  negativeTests: z
    .boolean()
    .default(false)
    .describe(
      'whether to send requests that Okta must reject (a custom scope at the Org server, an unregistered redirect URI); they look like an attack in the System Log',
    ),
  atMostPercent: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe(
      "how many percent of any of the org's rate limits the monitor may use, by the limits that the org's answers name; 1 to 100. Where it is too little for all probes of a run, they take turns",
    ),
  slowAfterMs: z
    .int()
    .min(100)
    .max(10_000)
    .default(3_000)
    .describe(
      'how long the first byte of a response may take before the response counts as slow, in milliseconds; 100 to 10000',
    ),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(20_000)
    .default(10_000)
    .describe('how long to wait for a response, in milliseconds; 1000 to 20000'),
  systemLog: z
    .strictObject({})
    .optional()
    .describe(
      'set to {} to read the System Log of the org: rate limits that anybody touches, sign-ins of real users, changes by administrators. Needs "api", with the scope okta.logs.read if it is a client',
    ),
  user: user.optional(),
  samlApps: z.array(samlApp).min(1).optional().describe('SAML applications that the test user signs on to'),
  web: web.optional().describe('a web application for all servers without their own; enables the /authorize probes'),
  service: service
    .optional()
    .describe(
      'a service application (client credentials) for all servers without their own; enables the /token probes',
    ),
  servers: z
    .array(server)
    .min(1)
    .default(() => [{ id: 'org' }])
    .describe('the authorization servers to monitor; only the Org server if omitted'),
  api: api
    .optional()
    .describe('the credential for the management API, "token" or "client"; enables the rate-limit probe'),
  workflow: z
    .strictObject({
      url: urlWithoutQuery.describe('its invoke URL, without "?clientToken=…"'),
      secret: secret('{"clientToken": …}'),
    })
    .optional()
    .describe(
      'a flow of Okta Workflows behind an API endpoint that is secured with a client token; it is invoked with a POST as often as the health checks run, so it must change nothing',
    ),
  health: health
    .optional()
    .describe(
      'checks what breaks quietly with the management API: certificates, domains, keys, agents, hooks; {} is enough. Needs "api", and a scope for each part: see docs/health.md',
    ),
});

/** CloudWatch's limit for a mute rule: 15 days. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html */
const maxDurationMinutes = 15 * 24 * 60;

const maintenance = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lowercase letters, digits or hyphens')
    .describe('your name for the window'),
  schedule: maintenanceSchedule.describe(
    'when the window starts: "cron(0 2 * * SUN)" (minute, hour, day of the month, month, day of the week by name) or "at(2030-11-21T14:00)"',
  ),
  durationMinutes: z
    .int()
    .min(1)
    .max(maxDurationMinutes)
    .describe(`how long the window lasts, in minutes; 1 to ${maxDurationMinutes} (15 days)`),
  timeZone: timeZone.default('UTC').describe('the IANA time zone of "schedule", such as Europe/Zurich'),
  orgs: z.array(z.string()).min(1).optional().describe('the names of the orgs to mute; all orgs if omitted'),
});

/**
 * The configuration file of a deployment.
 *
 * Trap: the schema checks each field by itself. Rules that involve several fields are in `crossFieldProblems`.
 */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('the path of this schema, for editors'),
  deployment: z
    .string()
    .regex(deploymentPattern, 'must be 1 to 32 lowercase letters, digits or hyphens, and begin with a letter')
    .default(defaultDeployment)
    .describe(
      'the name of this deployment, which begins the names of everything that it deploys. Two deployments in one account need two names',
    ),
  alerts: z
    .strictObject({
      pages: receivers.describe('who receives pages, at any hour'),
      tickets: receivers.describe('who receives tickets, for office hours'),
      drills: receivers.describe(
        'who receives the messages of npm run drill -- --live; of the kinds email and chat. None of them is an outage',
      ),
      runbook: httpsUrl
        .optional()
        .describe(
          'the URL of your docs/runbook.md, for links in alarms and messages; by default, where git knows that the deployed commit is published',
        ),
      routes: routes
        .prefault({})
        .describe(
          "overrides who is notified about a fault domain; alarms about the monitor's own functions are not affected",
        ),
      maintenance: z
        .array(maintenance)
        .default(() => [])
        .describe("maintenance windows, which mute the orgs' alarms; alarms about the monitor itself still notify"),
      remindAfterMinutes: z
        .int()
        .min(5)
        .max(1_440)
        .optional()
        .describe('how often a page is repeated while its alarm fires, in minutes; by default, it is not'),
      warmUp: z
        .boolean()
        .default(true)
        .describe(
          'false for a Region whose CloudWatch does not know the warm-up of alarms: a new alarm about schedules that stopped then fires once, before the first run',
        ),
    })
    .prefault({})
    .describe('who is notified, and when'),
  logRetentionDays: z
    .literal(logRetentions)
    .default(30)
    .describe('how long logs are kept, in days; one of the values that CloudWatch Logs accepts'),
  statusPage: statusPage
    .optional()
    .describe(
      "Okta's status page for all orgs without their own; if omitted, status.okta.com, which does not cover government and military orgs",
    ),
  intervalMinutes: z
    .strictObject({
      flows: intervals.flows.default(1),
      status: intervals.status.default(5),
      journey: intervals.journey.default(5),
      health: intervals.health.default(15),
      systemLog: intervals.systemLog.default(1),
      negativeTests: intervals.negativeTests.default(60),
    })
    .prefault({})
    .describe('how often each group of probes runs, in minutes'),
  slo: slo
    .optional()
    .describe(
      'the service level objective of each org without its own; enables the alarms on its error budget. See docs/report.md',
    ),
  orgStacks: z
    .int()
    .min(1)
    .max(mostOrgStacks)
    .optional()
    .describe(
      'how many further stacks hold the orgs, so that each is a deployment of its own; by default, one stack holds everything. See docs/aws-limits.md before you change it',
    ),
  orgs: z.array(org).min(1).describe('the Okta orgs to monitor'),
});

export type Config = z.output<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
export type OrgConfig = Config['orgs'][number];
export type ServerConfig = OrgConfig['servers'][number];
export type Maintenance = Config['alerts']['maintenance'][number];

/** The text of lib/config/schema.json, for editors. They support draft 7 best. */
export function jsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(configSchema, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ $schema, title: 'Configuration of okta-synthetics', ...schema }, null, 2)}\n`;
}
