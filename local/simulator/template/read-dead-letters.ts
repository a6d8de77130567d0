import { readList, type Template, UnsupportedError } from '../../emulators/cloudwatch/index.ts';
import { arnFor, physicalName, referencedId, resolveText } from './resolve-text.ts';

interface Statement {
  readonly Effect?: string;
  readonly Action?: string | readonly string[];
  readonly Principal?: { readonly Service?: string };
  readonly Condition?: { readonly ArnEquals?: { readonly 'aws:SourceArn'?: unknown } };
}

/**
 * The name of the queue for what a service cannot deliver, if there is one.
 *
 * Trap: without a policy that allows the service, it loses the message silently. That is refused here.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html
 */
export function readDeadLetters(
  template: Template,
  queueArn: unknown,
  service: string,
  sourceId: string,
): string | undefined {
  if (queueArn === undefined) return undefined;
  const queueId = referencedId(template, queueArn, 'AWS::SQS::Queue');
  if (queueId === undefined) throw new UnsupportedError('the dead-letter queue is not in the template');
  const { KmsMasterKeyId } = template.Resources[queueId]?.Properties ?? {};
  if (KmsMasterKeyId !== undefined) throw new UnsupportedError('a dead-letter queue with its own key is not simulated');
  const statements = Object.values(template.Resources).flatMap(({ Type, Properties = {} }) =>
    Type === 'AWS::SQS::QueuePolicy' &&
    readList(Properties.Queues).some((queue) => referencedId(template, queue, 'AWS::SQS::Queue') === queueId)
      ? ((Properties.PolicyDocument as { readonly Statement: readonly Statement[] }).Statement ?? [])
      : [],
  );
  const isAllowed = statements.some(
    ({ Effect, Action, Principal, Condition }) =>
      Effect === 'Allow' &&
      [Action].flat().includes('sqs:SendMessage') &&
      Principal?.Service === service &&
      resolveText(template, Condition?.ArnEquals?.['aws:SourceArn']) === arnFor(template, sourceId),
  );
  const name = physicalName(template, queueId);
  if (!isAllowed) throw new UnsupportedError(`${service} is not allowed to send to the queue ${name}`);
  return name;
}
