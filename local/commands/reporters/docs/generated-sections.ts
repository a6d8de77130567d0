import { alarmMeaning } from '../../../../functions/findings/alarm-catalog.ts';
import { type AlarmSubject, alarmName, alarmSubject } from '../../../../functions/findings/alarm-subject.ts';
import type { FindingDefinition } from '../../../../functions/findings/definition.ts';
import { domainTexts } from '../../../../functions/findings/domains.ts';
import { type FindingCode, findings } from '../../../../functions/findings/finding.ts';
import { type FaultDomain, faultDomains } from '../../../../functions/model/fault-domain.ts';
import type { Severity } from '../../../../functions/model/finding.ts';
import { type Route, routes } from '../../../../functions/model/finding.ts';
import type { MetricDefinition } from '../../../../functions/model/metric.ts';
import type { Endpoint, Probe, Requirement } from '../../../../functions/model/probe.ts';
import { metricsOf, sharedMetrics } from '../../../../functions/model/series.ts';
import { endpoints } from '../../../../functions/okta/endpoints.ts';
import { budgetOf } from '../../../../functions/probes/budget.ts';
import { probes } from '../../../../functions/probes/index.ts';
import { seriesOf } from '../../../../functions/probes/series.ts';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { type Config, jsonSchema } from '../../../../lib/config/schema.ts';
import { type Cost, costOfFleet, estimateCost } from '../../../../lib/cost/estimate-cost.ts';
import { probeEvents } from '../../../../lib/functions/probe-event.ts';
import { deployMinutes, fleetLimits } from '../../../../lib/limits/fleet-limits.ts';
import { monitoredOrgs } from '../../../../lib/monitored-org.ts';
import type { Template } from '../../../../packages/cloudwatch-alarms/src/index.ts';
import { withHealth, withSystemLog, withTestUser } from '../../../lab/scenarios/prepared-config.ts';
import { synthesize } from '../../../self-hosted/synthesize.ts';
import { callOf, usageOf } from '../../command.ts';
import { caughtTable, costTable } from '../../cost.ts';
import { listCommands, loadCommand, subcommands } from '../../subcommands.ts';
import { foldersTable } from './folders.ts';
import { incidentCounts, incidentTable } from './incidents-table.ts';
import { markdownTable, type Sections, textBlock } from './markdown.ts';
import { rightsTable } from './rights-table.ts';

/** The generated sections of the docs, by file and by the name of their markers. */
export const generatedSections: Readonly<Record<string, Sections>> = {
  'README.md': { price, caught: caughtTable },
  'docs/commands.md': { commands: () => textBlock(listCommands()), usage: usages },
  'docs/cost.md': { cost: () => costTable(costOfExample()), options: optionsTable, caught: caughtTable },
  'docs/architecture.md': { folders: foldersTable },
  'docs/runbook.md': { alarms: alarmTable, findings: () => runbookFindings() },
  'docs/probes.md': { shared: sharedSeries, probes: () => probes.map(probeSection).join('\n\n'), budget },
  'docs/configuration.md': { fields: () => configurationFields() },
  'docs/incidents.md': {
    counts: incidentCounts,
    okta: () => incidentTable('okta'),
    customer: () => incidentTable('customer'),
  },
  'docs/aws-limits.md': { limits: limitsTable, fleet: fleetTable },
  'SECURITY.md': { rights: everyRight },
};

function costOfExample(): Cost {
  return estimateCost(synthesize(loadConfig('lib/config/example.jsonc')).template);
}

/** What the example costs, in a sentence. */
function price(): string {
  return `The example (one org with two servers, sign-in and rate limits checked every minute) costs ${costOfExample().dollars.toFixed(2)} dollars a month.`;
}

/** The flags of each command, as `--help` prints them. */
async function usages(): Promise<string> {
  const commands = await Promise.all(Object.keys(subcommands).map(loadCommand));
  return commands
    .filter((command) => command !== undefined)
    .map((command) => `## ${callOf(command)}\n\n${textBlock(usageOf(command))}`)
    .join('\n\n');
}

/** The options that the example leaves off: a description, the setting's name, and the change that switches it on. */
const options: readonly (readonly [what: string, setting: string, change: (config: Config) => Config])[] = [
  ['a test user signs in, every 5 minutes', '`user`', withTestUser],
  ['health checks of every kind, every 15 minutes', '`health`', withHealth],
  ['the System Log is read, every minute', '`systemLog`', withSystemLog],
  [
    'negative tests, every hour',
    '`negativeTests`',
    (config) => ({ ...config, orgs: config.orgs.map((org) => ({ ...org, negativeTests: true })) }),
  ],
];

/** What each of them adds to the bill and to the requests, and all together. */
function optionsTable(): string {
  const example = loadConfig('lib/config/example.jsonc');
  const costOf = (config: Config) => {
    const { dollars, load } = estimateCost(synthesize(config).template);
    return { dollars, requests: load.reduce((sum, { requestsPerHour }) => sum + requestsPerHour, 0) };
  };
  const without = costOf(example);
  const rows = [
    ...options,
    ['all of these', '', (config: Config) => options.reduce((all, [, , change]) => change(all), config)] as const,
  ].map(([what, setting, change]) => {
    const { dollars, requests } = costOf(change(example));
    return [what, setting, (dollars - without.dollars).toFixed(2), String(Math.round(requests - without.requests))];
  });
  return markdownTable(['switched on', 'by', 'dollars a month more', 'requests an hour more'], rows);
}

/** Lists the rights of the example with every option, every kind of receiver, and receivers of one org. */
function everyRight(): string {
  const config = options.reduce((all, [, , change]) => change(all), loadConfig('lib/config/example.jsonc'));
  const https = 'https://hooks.example.com/okta';
  const receivers: Config['alerts']['pages'] = [
    ...config.alerts.pages,
    ...(['chat', 'json', 'cloudwatch'] as const).map((kind) => ({ kind, https })),
    { kind: 'pagerduty', secret: 'okta-synthetics/pagerduty' },
  ];
  const { stack, template } = synthesize({
    ...config,
    slo: { objectivePercent: 99.5, windowDays: 30, domains: ['okta'] },
    alerts: { ...config.alerts, pages: receivers, drills: config.alerts.pages },
    orgs: config.orgs.map((org) => ({
      ...org,
      dashboard: true,
      alerts: { pages: receivers, tickets: [], routes: {} },
    })),
  });
  return rightsTable(stack, template);
}

/** The quotas that bind for orgs like that of the example. */
function limitsTable(): string {
  const [monitoredOrg] = monitoredOrgs(loadConfig('lib/config/example.jsonc'));
  if (!monitoredOrg) throw new Error('the example has no org');
  const runs = probeEvents(monitoredOrg).reduce((sum, { intervalMinutes }) => sum + 1 / intervalMinutes, 0);
  const limits = fleetLimits({
    runsPerOrgAndMinute: runs,
    severitySeriesPerOrg: faultDomains.length,
    maintenanceWindows: 1,
  });
  const rows = limits.map(({ what, quota, orgs, isAdjustable, effect, source }) => [
    `[${what}](${source})`,
    quota,
    orgs.toLocaleString('en-US'),
    isAdjustable ? 'yes' : 'no',
    effect,
  ]);
  return markdownTable(['quota', 'value', 'binds at orgs', 'adjustable', 'what happens'], rows);
}

/** What fleets of orgs like that of the example take. */
function fleetTable(): string {
  const example = loadConfig('lib/config/example.jsonc');
  const fleetOf = (flows: number, count: number): Template => {
    const text = JSON.stringify(example.orgs);
    // Each org has its own secrets.
    const orgs = Array.from({ length: count }, (_, at): Config['orgs'] =>
      JSON.parse(text.replaceAll('acme', `org-${at}`)),
    );
    const intervalMinutes = { ...example.intervalMinutes, flows };
    return synthesize({ ...example, intervalMinutes, orgs: orgs.flat() }).template;
  };
  const [one, two] = [fleetOf(1, 1), fleetOf(1, 2)];
  const costs = [estimateCost(one), estimateCost(two)] as const;
  const everyTwo = [estimateCost(fleetOf(2, 1)), estimateCost(fleetOf(2, 2))] as const;
  const resourcesOf = ({ Resources }: Template) => Object.keys(Resources).length;
  const rows = [1, 10, 100, 1_000].map((orgs) => {
    // Each org has a nested stack besides, which is a resource too.
    const resources = resourcesOf(one) + (orgs - 1) * (resourcesOf(two) - resourcesOf(one)) + orgs;
    const { dollars, alarms } = costOfFleet(...costs, orgs);
    return [
      ...[orgs, resources, alarms].map((count) => count.toLocaleString('en-US')),
      (dollars / orgs).toFixed(2),
      (costOfFleet(...everyTwo, orgs).dollars / orgs).toFixed(2),
      `${Math.ceil(deployMinutes(alarms))} min`,
    ];
  });
  return markdownTable(
    [
      ...['orgs', 'resources', 'alarms', 'dollars per org and month', 'with `"intervalMinutes": { "flows": 2 }`'],
      'first deployment, at least',
    ],
    rows,
  );
}

/** The alarms of the example with everything switched on. Orgs, probes and groups are replaced by placeholders. */
function alarmTable(): string {
  const { orgs, ...config } = loadConfig('lib/config/example.jsonc');
  const { template } = synthesize({
    ...config,
    slo: { objectivePercent: 99.5, windowDays: 30, domains: ['okta'] },
    orgs: orgs.map((org) => ({ ...org, negativeTests: true })),
  });
  const resources = Object.values(template.Resources);
  // The windows of a composite alarm have no actions.
  const alarms = resources.filter(
    ({ Type, Properties = {} }) => /^AWS::CloudWatch::(Composite)?Alarm$/.test(Type) && Properties.AlarmActions,
  );
  const rows = new Map<string, string[]>();
  for (const { Properties = {} } of alarms) {
    const subject = alarmSubject(String(Properties.AlarmName));
    if (!subject) throw new Error(`the catalog has no entry for the alarm ${Properties.AlarmName}`);
    const pattern: AlarmSubject = { ...subject, ...replaceIn(subject, ['org', 'probe', 'group']) };
    const name = alarmName(pattern).replace('okta-synthetics/', '');
    const { description, heading } = alarmMeaning(pattern, 'HOST');
    rows.set(name, [
      `\`${name}\``,
      description,
      routeOf(template, Properties.AlarmActions),
      `[${heading}](#${heading})`,
    ]);
  }
  return markdownTable(['alarm', 'meaning', 'route', 'what to do'], [...rows.values()]);
}

/** Some fields of a subject, with their names in capitals as values. */
function replaceIn(subject: AlarmSubject, fields: readonly string[]): object {
  return Object.fromEntries(fields.filter((field) => field in subject).map((field) => [field, field.toUpperCase()]));
}

/** The route whose topic an alarm notifies. */
function routeOf({ Resources }: Template, actions: unknown): Route {
  const [action] = actions as readonly { readonly Ref: string }[];
  const topic = action && Resources[action.Ref]?.Properties?.TopicName;
  const route = routes.find((each) => String(topic).startsWith(`okta-synthetics-${each}`));
  if (!route) throw new Error(`no route has the topic ${topic}`);
  return route;
}

function runbookFindings(): string {
  return faultDomains
    .map((domain) => {
      const codes = (Object.keys(findings) as FindingCode[]).filter((code) => findings[code].domain === domain);
      return [...runbookDomain(domain), ...codes.map(runbookEntry)].join('\n\n');
    })
    .join('\n\n');
}

/** What holds for all findings of a fault domain, so that it is said once. */
function runbookDomain(domain: FaultDomain): readonly string[] {
  const { impact, escalation, systemLog, mend = [], statusPage } = domainTexts[domain];
  return [
    `## Fault domain: ${domain}`,
    `${impact} ${escalation}`,
    ...(systemLog ? [`System Log: \`${systemLog}\``] : []),
    ...(mend.length > 0 ? [`To mend it:\n\n${shell(mend)}`] : []),
    ...(statusPage ? [`For a status page:\n\n> ${statusPage}`] : []),
  ];
}

const severityInWords: Record<Severity, string> = {
  page: 'Severity: page, act now.',
  ticket: 'Severity: ticket, act during working hours.',
  info: 'Severity: info, does not notify anyone by itself.',
};

/** The severity of a finding that affects only one document. */
function oneDocumentInWords(severity: Severity | undefined): string {
  return severity ? ` A ${severity} if only one document is affected and everything else works.` : '';
}

function partInWords(severity: Severity | undefined): string {
  return severity ? ` A ${severity} unless it stops the whole org, all sign-ins or all tokens.` : '';
}

/** The special properties of a finding. Its causes and steps are in the message and in the log. */
function runbookEntry(code: FindingCode): string {
  const {
    summary,
    severity,
    severityOfOneDocument,
    severityOfPart,
    isToldOnce,
    verify,
    doc,
    impact,
    systemLog,
    mend = [],
  }: FindingDefinition = findings[code];
  return [
    `### ${code}`,
    `**${summary}** ${severityInWords[severity]}${oneDocumentInWords(severityOfOneDocument)}${partInWords(severityOfPart)}`,
    ...(isToldOnce ? ['Told once for each thing and step, and not when it is over.'] : []),
    ...(impact ? [`Impact: ${lowerFirst(impact)}`] : []),
    ...(systemLog ? [`System Log: \`${systemLog}\``] : []),
    ...(mend.length > 0 ? [`To mend it:\n\n${shell(mend)}`] : []),
    ...lookByHand(verify),
    ...(doc ? [`More: <${doc}>`] : []),
  ].join('\n\n');
}

function shell(commands: readonly string[]): string {
  return `\`\`\`console\n${commands.map((line) => (line.startsWith('#') ? line : `$ ${line}`)).join('\n')}\n\`\`\``;
}

function lowerFirst(text: string): string {
  return /^(Okta|Applications|Security|Reports)\b/.test(text)
    ? text
    : `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** Where to look. The message has the request itself, with the parameters and the URL of the case. */
function lookByHand(verify: string): readonly string[] {
  if (verify.startsWith('curl ')) return [];
  const isCommand = /^(dig|nc|openssl|aws) /.test(verify);
  return [isCommand ? `To look by hand:\n\n${shell([verify])}` : `To look by hand: ${lowerFirst(verify)}.`];
}

const scopeInWords: Record<Probe['scope'], string> = {
  org: 'once per org',
  server: 'once per server',
  'custom-server': 'once per custom server',
};

function requirementInWords(requirement: Requirement): string {
  return `\`${requirement}\`${requirement === 'statusPage' ? ' (set by default for most domains)' : ''}`;
}

function addedRequestsInWords({ addedRequests = {} }: Probe): string {
  return Object.entries(addedRequests)
    .map(
      ([setting, endpoints]) => `With \`${setting}\`, at most one more: ${endpoints.map(requestInWords).join(', ')}.`,
    )
    .join(' ');
}

function scopesInWords({ apiScopes }: Probe): string {
  if (!apiScopes) return '';
  const { anyOf, or } = apiScopes;
  const scopes = anyOf.map((scope) => `\`${scope}\``).join(', ');
  const otherwise = or ? `, or ${requirementInWords(or)}` : '';
  return anyOf.length > 1
    ? `Scopes of an API client, one for each of its parts: ${scopes}${otherwise}.`
    : `Scope of an API client: ${scopes}${otherwise}.`;
}

/** Names a request once, although it is made page by page. */
function requestsInWords(requests: Probe['requests']): string {
  return [...Map.groupBy(requests, (endpoint) => endpoint)]
    .map(([endpoint, { length }]) => `${requestInWords(endpoint)}${length > 1 ? `, up to ${length} times` : ''}`)
    .join(', ');
}

function probeSection(probe: Probe): string {
  const facts = [
    `Group \`${probe.group}\`, ${scopeInWords[probe.scope]}.`,
    probe.requires
      ? `Requires ${probe.requires.map(requirementInWords).join(' and ')} in the configuration.`
      : 'Requires no credentials.',
    scopesInWords(probe),
    probe.inputs ? `Skipped if ${probe.inputs.map((name) => `\`${name}\``).join(' or ')} did not pass.` : '',
    probe.requests.length > 0 ? `Requests: ${requestsInWords(probe.requests)}.` : 'Makes no requests.',
    probe.configuredRequests ? `And at most, by configuration: ${probe.configuredRequests.words}.` : '',
    addedRequestsInWords(probe),
  ];
  const metrics = metricsOf(probe);
  return [
    `### ${probe.id}`,
    probe.question,
    facts.filter(Boolean).join(' '),
    ...(Object.keys(metrics).length > 0 ? [metricsTable(metrics)] : []),
  ].join('\n\n');
}

function sharedSeries(): string {
  const { Severity, Retries, Headroom, Lateness } = sharedMetrics;
  return metricsTable({ Severity, Retries, Headroom, Lateness });
}

function metricsTable(metrics: Readonly<Record<string, MetricDefinition>>): string {
  const rows = Object.entries(metrics).map(([name, { unit, statistic, help }]) => [
    `\`${name}\``,
    unit,
    statistic,
    help,
  ]);
  return markdownTable(['metric', 'unit', 'statistic', 'meaning'], rows);
}

function requestInWords(endpoint: Endpoint): string {
  const definitions = [endpoints.org[endpoint], endpoints.custom[endpoint]].filter((each) => each !== undefined);
  return definitions.length > 0 ? definitions.map(({ path }) => `\`${path}\``).join(' or ') : 'the status page';
}

/** The request budget of the commented example: the Org server and one custom server, with every probe enabled. */
function budget(): string {
  return monitoredOrgs(loadConfig('lib/config/example.jsonc'))
    .map(({ org, plan }) => {
      const { byBucket, unlimited } = budgetOf(plan);
      const requests = Object.values(byBucket).reduce((sum, count) => sum + count, unlimited);
      const rows = Object.entries(byBucket).map(([bucket, count]) => [`\`${bucket}\``, String(count)]);
      return [
        `With ${org.servers.length} servers and every probe enabled, the example's org \`${org.name}\` makes ${requests} requests each time that every group runs once, and publishes ${seriesOf(org, plan).length} metrics of its own.`,
        markdownTable(['rate-limit bucket', 'requests per run'], [...rows, ['none', String(unlimited)]]),
      ].join('\n\n');
    })
    .join('\n\n');
}

interface SchemaNode {
  readonly description?: string;
  readonly type?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
}

function configurationFields(): string {
  return markdownTable(['field', '', 'meaning'], fieldsOf(JSON.parse(jsonSchema()) as SchemaNode, ''));
}

function fieldsOf({ properties = {}, required = [] }: SchemaNode, prefix: string): string[][] {
  return Object.entries(properties).flatMap(([name, node]) => {
    const path = `${prefix}${name}${node.items ? '[]' : ''}`;
    const isPlain = !node.properties && !node.items?.properties;
    const presence = required.includes(name)
      ? 'required'
      : isPlain && node.default !== undefined
        ? `default \`${JSON.stringify(node.default)}\``
        : '';
    return [[`\`${path}\``, presence, node.description ?? ''], ...fieldsOf(node.items ?? node, `${path}.`)];
  });
}
