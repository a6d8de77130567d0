import { createHash } from 'node:crypto';
import { z } from 'zod';
import { type Outlet, outlets } from '../../functions/notify/outlets.ts';
import { type ReceiverField, type ReceiverKind, receiverKinds } from '../../functions/notify/receiver-kinds.ts';
import type { Problem } from './config-error.ts';
import { emailAddress, httpsUrl, secretReference } from './fields.ts';

const fields = {
  email: emailAddress.describe('an e-mail address, whose owner must confirm the subscription'),
  https: httpsUrl.describe('an endpoint that confirms the subscription and receives what SNS posts'),
  secret: secretReference.describe(
    'the name or complete ARN of a secret in AWS Secrets Manager that contains {"routingKey": …}, the integration key of a PagerDuty service; read when you deploy',
  ),
  region: z.enum(['us', 'eu']).describe('the service region of the PagerDuty account; us if omitted'),
} as const satisfies Readonly<Record<ReceiverField, z.ZodType>>;

/** A person or system that receives messages. Its kind decides which fields it needs: `receiverProblems` checks them. */
const input = z
  .strictObject({
    kind: z
      .enum(receiverKinds)
      .optional()
      .describe(
        'email; chat: the document of Amazon Q Developer; cloudwatch: what CloudWatch itself sends, for tools that take its alarms by SNS; json: our own document; pagerduty: the Events API v2. If omitted, email with "email", and chat with "https"',
      ),
    name: z
      .string()
      .regex(/^[a-z0-9-]{1,32}$/, 'must be 1 to 32 lowercase letters, digits or hyphens')
      .optional()
      .describe('your name for the receiver, for the alarm that a message could not be delivered to it'),
    email: fields.email.optional(),
    https: fields.https.optional(),
    secret: fields.secret.optional(),
    region: fields.region.optional(),
  })
  .meta({ minProperties: 1 });

type ReceiverInput = z.output<typeof input>;

/** A receiver, whose kind is known. */
export const receiver = input.transform((fields): Receiver => ({ ...fields, kind: kindOf(fields) }));

export type Receiver = ReceiverInput & { readonly kind: ReceiverKind };

/** The kind that a receiver has by its fields, where it names none. Malformed fields count too. */
function kindOf(fields: { readonly kind?: ReceiverKind | undefined }): ReceiverKind {
  return fields.kind ?? ('email' in fields ? 'email' : 'secret' in fields ? 'pagerduty' : 'chat');
}

const fieldNames = Object.keys(fields) as readonly ReceiverField[];

/** Lists the problems of a receiver's fields in combination. */
export function receiverProblems(receiver: object, path: readonly PropertyKey[]): readonly Problem[] {
  const has = (name: string) => name in receiver;
  const problem = (message: string, at = path): readonly Problem[] => [{ path: at, message }];
  if (!has('kind') && !fieldNames.some(has)) return problem('needs "email" or "https", or a "kind"');
  if (!has('kind') && has('email') && has('https')) return problem('must have only one of "email" and "https"');
  const kind = kindOf(receiver);
  const outlet: Outlet = outlets[kind];
  const { needs = [], accepts = [] } = outlet.receiver ?? {};
  return [
    ...('name' in receiver && reservedNames.includes(String(receiver.name))
      ? problem(`must not be "${receiver.name}", which the alarms use for something else`, [...path, 'name'])
      : []),
    ...needs.flatMap((name) => (has(name) ? [] : problem(`needs "${name}" because its kind is ${kind}`))),
    ...fieldNames.flatMap((name) =>
      has(name) && !needs.includes(name) && !accepts.includes(name)
        ? problem(`does not apply to a receiver of the kind ${kind}: remove it`, [...path, name])
        : [],
    ),
  ];
}

/** Lists further problems of a receiver of drills: drills go to one topic, for people. */
export function drillReceiverProblems(
  receiver: { readonly kind?: ReceiverKind | undefined },
  path: readonly PropertyKey[],
): readonly Problem[] {
  const outlet: Outlet = outlets[kindOf(receiver)];
  if ('topic' in outlet && outlet.topic === 'people') return [];
  const message =
    'must be of the kind email or chat: drills are for people. npm run drill -- --live --page tells everybody';
  return [{ path: [...path], message }];
}

/** What alarms call the other ways of a message: see `DeliveryAlarms`. */
export const reservedNames: readonly string[] = ['email', 'notifier'];

/** A receiver and its id, which is unique among the receivers of a route. */
export interface IdentifiedReceiver {
  readonly id: string;
  readonly receiver: Receiver;
}

/**
 * Receivers with ids of at most 32 lowercase letters, digits and hyphens: the name, or else the kind and the host. The id
 * is in the names of resources, so it must not depend on the order. The same address twice is one receiver.
 */
export function identified(receivers: readonly Receiver[]): readonly IdentifiedReceiver[] {
  const unique = receivers.filter(
    (each, at) => receivers.findIndex((other) => addressOf(other) === addressOf(each)) === at,
  );
  const plain = unique.map(plainId);
  return unique.map((receiver, at) => {
    const id = plain[at] ?? receiver.kind;
    const isTaken = plain.some((other, index) => other === id && index !== at);
    return { receiver, id: isTaken || id.length > mostOfId ? `${id.slice(0, mostOfId - 7)}-${digest(receiver)}` : id };
  });
}

const mostOfId = 32;

function plainId({ kind, name, https }: Receiver): string {
  if (name !== undefined) return name;
  const host = https === undefined ? '' : `-${new URL(https).hostname}`;
  return `${kind}${host}`.replaceAll(/[^a-z0-9-]/g, '-');
}

function digest(receiver: Receiver): string {
  return createHash('sha256').update(addressOf(receiver)).digest('hex').slice(0, 6);
}

function addressOf({ name: _, ...address }: Receiver): string {
  return JSON.stringify(Object.entries(address).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
