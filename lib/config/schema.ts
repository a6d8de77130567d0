import { z } from 'zod';
import { routes as allRoutes } from '../../functions/alarms/subject.ts';
import { type FaultDomain, faultDomains } from '../../functions/model/fault-domain.ts';
import { clientAuthentications } from '../../functions/model/org.ts';
import { httpsUrl, issuerUrl, orgDomain, redirectUri, scope, secretReference, timeZone } from './fields.ts';
import { maintenanceStart } from './maintenance-start.ts';

/** How long CloudWatch can be told to keep a log, in days. It refuses any other number. */
export const logRetentions = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

const clientId = z.string().min(1).describe('the client ID of the application, as the Admin Console shows it');

const secret = (holds: string) =>
  secretReference.describe(`the name or the complete ARN of a secret in AWS Secrets Manager that holds ${holds}`);

const minutes = z.int().min(1).max(60);

const web = z.strictObject({
  clientId,
  redirectUri: redirectUri.describe('a sign-in redirect URI of the application, letter by letter'),
  scopes: z
    .array(scope)
    .min(1)
    .default(() => ['openid'])
    .describe('the scopes that the sign-in asks for'),
});

const service = z.strictObject({
  clientId,
  authentication: z
    .enum(clientAuthentications)
    .default('private_key_jwt')
    .describe('how the client proves who it is; the Org server knows private_key_jwt alone'),
  secret: secret('{"privateKey": …} or {"clientSecret": …}'),
});

const server = z.strictObject({
  id: z
    .string()
    .regex(/^(org|default|aus[A-Za-z0-9]+)$/, 'is no server: give "org", "default", or the ID that begins with aus')
    .describe('"org" for the Org Authorization Server, "default", or the ID (aus…) of a custom one, not its name'),
  issuer: issuerUrl
    .optional()
    .describe("the issuer that the server writes into tokens, where its issuer mode makes it differ from the domain's"),
  audience: z.string().min(1).optional().describe('what the aud of its access tokens must be; for custom servers only'),
  scopes: z
    .array(scope)
    .optional()
    .describe("the scopes of the service's token: okta.* ones at the Org server, your own ones at a custom server"),
  expects: z
    .strictObject({
      claims: z.array(z.string().min(1)).optional().describe('names of claims that its access tokens must hold'),
      minLifetimeSeconds: z
        .int()
        .min(60)
        .max(86_400)
        .optional()
        .describe('how long a fresh access token must live at least'),
    })
    .optional()
    .describe(
      "what services ask of this server's access tokens beyond what Okta promises; names of claims at custom servers only",
    ),
  web: web.optional().describe("in place of the org's web application"),
  service: service.optional().describe("in place of the org's service application"),
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
          .describe('the okta.* scopes that it asks for, which must be granted to it'),
      })
      .optional()
      .describe('a service application with okta.* scopes, which proves who it is by private_key_jwt'),
  })
  .meta({ minProperties: 1, maxProperties: 1 });

const org = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits and hyphens')
    .describe('what you call the org. Permanent: the history of its metrics hangs on it'),
  domain: orgDomain.describe('the host of the org, such as acme.okta.com, and a port where it is not 443'),
  cell: z
    .string()
    .regex(/^[a-z.-]+:\d+$/, 'must look like okta.com:8, as the status page names it')
    .optional()
    .describe('where the org lives, in the words of the status page: okta.com:8. Found by DNS when left out'),
  intervalMinutes: z
    .strictObject({
      flows: minutes
        .default(1)
        .describe('the probes of sign-in and of rate limits, which tell of the same incidents; 1 to 60'),
      status: minutes.default(5).describe("the probes of Okta's status page; 1 to 60"),
      negativeTests: z
        .int()
        .min(15)
        .max(1_440)
        .default(60)
        .describe('the requests that must be refused, where "contracts" is true; 15 to 1440'),
    })
    .prefault({})
    .describe('how often each group of probes runs, in minutes'),
  negativeTests: z
    .boolean()
    .default(false)
    .describe(
      'whether requests are made that Okta must refuse (a custom scope at the Org server, an unregistered redirect URI); they look like an attack in the System Log',
    ),
  slowAfterMs: z
    .int()
    .min(100)
    .max(10_000)
    .default(3_000)
    .describe('an answer whose first byte takes longer is slow, in milliseconds'),
  timeoutMs: z
    .int()
    .min(1_000)
    .max(10_000)
    .default(10_000)
    .describe('how long an answer is waited for, in milliseconds'),
  web: web
    .optional()
    .describe('a web application, for every server that has none of its own: switches on the probes of /authorize'),
  service: service
    .optional()
    .describe(
      'a service application (client credentials), for every server that has none of its own: switches on the probes of /token',
    ),
  servers: z
    .array(server)
    .min(1)
    .default(() => [{ id: 'org' }])
    .describe('the authorization servers to watch; the Org server alone when left out'),
  api: api
    .optional()
    .describe('what the management API is called with, "token" or "client": switches on the probes of rate limits'),
});

const subscriber = z
  .strictObject({
    email: z.email('must be an e-mail address').optional().describe('an address, which must confirm the subscription'),
    https: httpsUrl.optional().describe('an endpoint that confirms the subscription and takes what SNS posts'),
  })
  .meta({ minProperties: 1, maxProperties: 1 });

const subscribers = z.array(subscriber).default(() => []);

const routes = z.strictObject(
  Object.fromEntries(
    faultDomains.map((domain) => [
      domain,
      z
        .enum(allRoutes)
        .optional()
        .describe(`who hears of what is found in the fault domain ${domain}: "page" or "ticket"`),
    ]),
  ) as Record<FaultDomain, z.ZodOptional<z.ZodEnum<{ page: 'page'; ticket: 'ticket' }>>>,
);

/** CloudWatch mutes for 15 days at most. https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_Schedule.html */
const longestMaintenance = 15 * 24 * 60;

const maintenance = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lower-case letters, digits and hyphens')
    .describe('what you call the window'),
  starts: maintenanceStart.describe(
    'when it begins: "cron(0 2 * * SUN)" (minutes, hours, day of the month, month, weekday by name) or "at(2030-11-21T14:00)"',
  ),
  minutes: z
    .int()
    .min(1)
    .max(longestMaintenance)
    .describe(`how long it lasts, in minutes; 1 to ${longestMaintenance}, which is 15 days`),
  timeZone: timeZone.default('UTC').describe('the time zone of "starts" by its IANA name, such as Europe/Zurich'),
  orgs: z.array(z.string()).min(1).optional().describe('the names of the orgs that it is for; all when left out'),
});

/**
 * The configuration: the one file that a deployment is made from.
 *
 * Trap: it says when each field is well-formed by itself. What fields must agree upon is in `disagreements`.
 */
export const configSchema = z.strictObject({
  $schema: z.string().optional().describe('where an editor finds this schema'),
  alerts: z
    .strictObject({
      pages: subscribers.describe('whom a page wakes: each an "email" or an "https"'),
      tickets: subscribers.describe('who hears of tickets in office hours: each an "email" or an "https"'),
      runbook: httpsUrl
        .optional()
        .describe(
          'where your people read docs/runbook.md, so that alarms link to it: https://git.example.com/…/docs/runbook.md',
        ),
      routes: routes
        .prefault({})
        .describe(
          'who hears of a fault domain, where that is to differ from what its findings are; alarms on the monitor itself stay as they are',
        ),
      maintenance: z
        .array(maintenance)
        .default(() => [])
        .describe(
          'windows in which what is found at the orgs tells nobody; that the monitor fails or stops is told all the same',
        ),
    })
    .prefault({})
    .describe('who hears of alarms'),
  logRetentionDays: z
    .literal(logRetentions)
    .default(30)
    .describe('how many days logs are kept: one of the numbers that CloudWatch allows'),
  statusPage: z
    .strictObject({
      page: httpsUrl.default('https://status.okta.com/').describe('the page'),
      feed: httpsUrl.default('https://feeds.feedburner.com/OktaTrustRSS').describe('its RSS feed'),
    })
    .prefault({})
    .describe("Okta's status page"),
  orgs: z.array(org).min(1).describe('the Okta orgs to watch'),
});

export type Config = z.output<typeof configSchema>;
export type ConfigInput = z.input<typeof configSchema>;
export type OrgConfig = Config['orgs'][number];
export type ServerConfig = OrgConfig['servers'][number];
export type Subscriber = Config['alerts']['pages'][number];
export type Maintenance = Config['alerts']['maintenance'][number];
