import { z } from 'zod';
import { faultDomains } from '../../../functions/model/fault-domain.ts';
import { routes } from '../../../functions/model/finding.ts';
import type { OrgReport } from './org-report.ts';

const documentVersion = 1;

const time = z.iso.datetime().describe('ISO 8601 in UTC');
const during = { start: time, end: z.iso.datetime().describe('ISO 8601 in UTC; not included') };
const range = (description: string) =>
  z.strictObject({ least: z.number(), most: z.number() }).describe(`${description}; equal where it is known exactly`);
const domain = z.enum(faultDomains).describe('who must act');

const budget = {
  minutes: z.number().describe('the error budget'),
  used: range('bad minutes'),
  leftPercent: range('percent of the budget; negative if more was used'),
};

const incident = z.strictObject({
  ...during,
  domain,
  severity: z.enum(routes).describe('the worst that was reported'),
  pageMinutes: range('minutes with a page finding'),
  ticketMinutes: range('minutes with a ticket and no page'),
  firedAt: z
    .union([time, z.literal('unknown')])
    .optional()
    .describe('when its alarm fired; absent if it did not'),
  findings: z.array(
    z.strictObject({
      code: z.string(),
      summary: z.string(),
      targets: z.array(z.string()).describe('where: token@default'),
      requests: z.array(
        z.strictObject({
          at: z.string(),
          method: z.string(),
          url: z.string(),
          answer: z.string().describe('the status, or the code of a transport error'),
          requestId: z.string().optional(),
        }),
      ),
    }),
  ),
  isDrill: z.literal(true).optional().describe('it was a drill, and nothing else was found; its minutes count'),
  problem: z.string().optional().describe('what could not be read'),
});

const orgReport = z.strictObject({
  org: z.string(),
  host: z.string(),
  period: z.strictObject(during),
  source: z.string().describe('where it was read'),
  resolutions: z
    .array(z.strictObject({ ...during, minutes: z.int() }))
    .describe('the shortest periods in which points could be read'),
  domains: z.array(
    z.strictObject({
      domain,
      pageMinutes: range('minutes with a page finding'),
      ticketMinutes: range('minutes with a ticket and no page'),
    }),
  ),
  availability: z.strictObject({
    domains: z.array(domain).describe('the fault domains that count'),
    total: z.number().describe('all minutes'),
    good: range('minutes'),
    bad: range('minutes'),
    unseen: z.number().describe('minutes in which the network or the monitor failed, so the rest is unknown'),
    unknown: z.number().describe('minutes without any run'),
    maintenance: z.number().describe('minutes in maintenance windows, which do not count'),
    percent: range('percent of the good and bad minutes that were good').optional(),
    objective: z
      .strictObject({
        objectivePercent: z.number(),
        windowDays: z.int(),
        budget: z.strictObject(budget).describe('of the reported time'),
        rolling: z.strictObject({ ...during, ...budget }).describe('of the window that ends with the reported time'),
      })
      .optional(),
  }),
  incidents: z.array(incident),
  brief: z
    .strictObject({ count: z.int(), minutes: range('minutes') })
    .describe('findings that were too short for an alarm'),
  announcements: z.array(
    z.strictObject({
      ...during,
      isOwnCell: z.boolean().describe("false: it is not known whether Okta's incident is on the cell of the org"),
      words: z.array(z.string()).describe("Okta's own"),
      everyMinutes: z.int().describe('how often the page was read: times may be so much late'),
      observedAt: time.optional().describe('when the monitor saw Okta fail; absent if it did not'),
    }),
  ),
  latency: z.array(
    z.strictObject({
      target: z.string(),
      buckets: z.array(
        z.strictObject({ ...during, requests: z.number(), p50: z.number(), p95: z.number(), p99: z.number() }),
      ),
    }),
  ),
  headroom: z.array(z.strictObject({ ...during, percent: z.number() })),
  gaps: z.array(z.strictObject({ ...during, reason: z.string().optional() })),
  remarks: z.array(z.string()).describe('what cannot be known'),
  timeline: z.array(z.strictObject({ ...during, badMinutes: range('minutes'), unknownMinutes: z.number() })),
});

/** The document that `npm run report -- --json` prints. */
export const reportSchema = z.strictObject({
  version: z.literal(documentVersion).describe('fields may be added within a version'),
  generatedAt: time,
  orgs: z.array(orgReport),
});

/** The file of the published schema. */
export const reportSchemaFile = `docs/schemas/report-${documentVersion}.json`;

/** The text of that file. It allows fields that a later release adds. */
export function reportJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(reportSchema, {
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
    },
  });
  return `${JSON.stringify({ $schema, title: 'A report of okta-synthetics', ...schema }, null, 2)}\n`;
}

const times: ReadonlySet<string> = new Set(['start', 'end', 'firedAt', 'observedAt', 'generatedAt']);

/** The reports as JSON. Times are ISO 8601. */
export function reportDocument(orgs: readonly OrgReport[], generatedAt: number): string {
  const document = { version: documentVersion, generatedAt, orgs };
  const written = (key: string, value: unknown) =>
    times.has(key) && typeof value === 'number' ? new Date(value).toISOString() : value;
  return `${JSON.stringify(document, written, 2)}\n`;
}
