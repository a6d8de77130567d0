import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { fitted } from '../fitted.ts';

/** SQS's limit for a name. */
const mostOfName = 80;

/**
 * The queue of messages that could not be delivered to one receiver. Its alarm fires while it contains any.
 *
 * SQS encrypts it with a key of its own, which SNS and EventBridge need no permission for. With the key of the topics,
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
