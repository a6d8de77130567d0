import { z } from 'zod';
import { faultDomains } from '../functions/model/fault-domain.ts';
import { routes } from '../functions/model/finding.ts';
import { repetitions } from '../functions/notify/event.ts';
import { documentVersion } from '../functions/notify/render/document.ts';

const time = z.iso.datetime().describe('ISO 8601 in UTC');
const texts = (description: string) => z.array(z.string()).describe(description);

const common = {
  version: z.literal(documentVersion).describe('fields may be added within a version'),
  deployment: z.string().describe('the name of the deployment'),
  account: z.string().describe('the AWS account of the monitor'),
  region: z.string().describe('its Region: us-east-1'),
  route: z.enum(routes).describe('who is notified'),
  subject: z.string().max(100).describe('one line for people'),
  links: z
    .array(z.strictObject({ name: z.string(), target: z.string().describe('a URL, or words where no URL is known') }))
    .describe('where to look further'),
};

const read = z.strictObject({
  ...common,
  state: z.enum(['firing', 'resolved']),
  incident: z.string().describe('the same for the two documents of an incident, and for no other incident'),
  alarm: z.string().describe("the alarm's name in CloudWatch: one incident at a time"),
  org: z.string().optional().describe('the name of the org; absent for an alarm about the monitor itself'),
  severity: z.enum(routes).describe('of the finding; the route may be another'),
  domain: z.enum(faultDomains).describe('who must act'),
  code: z
    .string()
    .optional()
    .describe('the finding; absent if the evidence has none, and then no one is known to be at fault'),
  summary: z.string().describe('one sentence for people'),
  drill: z
    .literal(true)
    .optional()
    .describe('present if nothing is wrong, because it is a drill: only with npm run drill -- --live --page'),
  repeats: z
    .enum(repetitions)
    .optional()
    .describe(
      'why a document about a firing alarm is not the first one: it fails again, there is more to tell, or it still fails',
    ),
  note: z.string().optional().describe('what else to know of it'),
  changedAt: time.describe('when the alarm changed'),
  since: time.optional().describe('when the problem began; absent if it is not known'),
  until: time.optional().describe('when the problem was last seen; once the alarm has resolved'),
  durationSeconds: z.int().min(0).optional().describe('present if since is'),
  oktaStatus: z.enum(['announced', 'none', 'unknown']).describe("what Okta's status page says"),
  targets: texts('where it was seen: token@default'),
  stillPassing: texts('what passes meanwhile'),
  requestIds: texts("Okta's request ids"),
  evidence: texts('what was seen, in sentences'),
  changes: z
    .array(
      z.strictObject({
        at: time,
        what: z.string().describe('policy rule "Monitors" updated'),
        event: z.string().describe('the id of the event in the System Log'),
      }),
    )
    .describe(
      'what the System Log has of the hour before, if it is read: changes by administrators, and events of Okta, agents and hooks',
    ),
  gaps: texts('what could not be read'),
  remedy: texts('what to do, in order'),
  confirm: texts('commands that show the finding from a laptop'),
  supportCase: texts('the lines of a text for a case with Okta Support, if one is a step'),
});

const unreadable = z.strictObject({
  ...common,
  state: z.literal('unreadable'),
  why: z.string().describe('why the monitor could not read the alarm'),
  raw: z.string().describe('the alarm as it came, clipped'),
});

/** The message that receivers of the kind `json` get, and the detail of our events. */
export const incidentSchema = z.union([read, unreadable]);

/** The file of the published schema. */
export const incidentSchemaFile = `docs/schemas/incident-${documentVersion}.json`;

/** The text of that file. It allows fields that a later release adds. */
export function incidentJsonSchema(): string {
  const { $schema, ...schema } = z.toJSONSchema(incidentSchema, {
    target: 'draft-7',
    override: ({ jsonSchema }) => {
      delete jsonSchema.additionalProperties;
    },
  });
  return `${JSON.stringify({ $schema, title: 'A message of okta-synthetics', ...schema }, null, 2)}\n`;
}
