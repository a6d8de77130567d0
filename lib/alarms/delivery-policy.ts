import { Duration } from 'aws-cdk-lib';
import { BackoffFunction, type DeliveryPolicy } from 'aws-cdk-lib/aws-sns';
import type { ReceiverKind } from '../../functions/notify/receiver-kinds.ts';

/**
 * How SNS tries again: three times at once, then for some minutes. Later the message would be old, and an alarm says that
 * the receiver is gone.
 *
 * Only our own document has the content type of JSON. Tools that take messages from SNS know its `text/plain`.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export function deliveryPolicy(kind: ReceiverKind): DeliveryPolicy {
  return {
    healthyRetryPolicy: {
      minDelayTarget: Duration.seconds(5),
      maxDelayTarget: Duration.seconds(60),
      numRetries: 20,
      numNoDelayRetries: 3,
      numMinDelayRetries: 0,
      numMaxDelayRetries: 0,
      backoffFunction: BackoffFunction.EXPONENTIAL,
    },
    ...(kind === 'json' && { requestPolicy: { headerContentType: 'application/json' } }),
  };
}
