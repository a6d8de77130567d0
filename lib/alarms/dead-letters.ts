import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { BackoffFunction, type DeliveryPolicy } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { ReceiverKind } from '../../functions/notify/receiver-kinds.ts';
import { fitted } from '../fitted.ts';

/** SQS's limit for a name. */
const mostOfName = 80;

/**
 * The queue of messages that could not be delivered to one receiver. Its alarm fires while it contains any.
 *
 * It is encrypted with SQS's managed key, for which SNS and EventBridge need no permission. With the key of the topics,
 * each of them would need one.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
 */
export class DeadLetters extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, name: string) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      queueName: fitted(name, mostOfName),
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    Validations.of(this.queue).acknowledge({
      id: 'AwsSolutions-SQS3',
      reason: 'It is the dead-letter queue of a subscription or of a rule.',
    });
  }
}

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
