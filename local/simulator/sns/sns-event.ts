import { randomUUID } from 'node:crypto';
import type { AlarmState } from '../../emulators/cloudwatch/alarm-definition.ts';
import type { Topic } from '../template/deployment.ts';
import type { Publication } from './alarm-message.ts';
import type { Cause } from './message.ts';

/**
 * The event that SNS calls a function with.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
 */
export function snsEvent({ arn }: Pick<Topic, 'arn'>, publication: Publication, now: number): object {
  return {
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: `${arn}:${randomUUID()}`,
        Sns: {
          Type: 'Notification',
          MessageId: randomUUID(),
          TopicArn: arn,
          Subject: publication.subject ?? null,
          Message: textFor('lambda', publication),
          Timestamp: new Date(now).toISOString(),
          SignatureVersion: '1',
          Signature: 'EXAMPLE',
          SigningCertUrl: 'EXAMPLE',
          UnsubscribeUrl: 'EXAMPLE',
          MessageAttributes: {},
        },
      },
    ],
  };
}

export function textFor(protocol: string, { text, byProtocol }: Publication): string {
  return byProtocol?.[protocol] ?? text;
}

/** The alarm that an event of a topic brings; undefined for every other event. */
export function causeOf(event: unknown): Cause | undefined {
  const [record] = (event as { readonly Records?: readonly { readonly Sns?: { readonly Message?: string } }[] } | null)
    ?.Records ?? [{}];
  try {
    const { AlarmName, NewStateValue } = JSON.parse(record?.Sns?.Message ?? 'null') ?? {};
    return AlarmName && { alarm: String(AlarmName), state: NewStateValue as AlarmState };
  } catch {
    return undefined;
  }
}
