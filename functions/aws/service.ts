import { json, type Protocol, query } from './protocol.ts';

/** A service of AWS. */
export interface Service {
  /** As in the names of environment variables: `AWS_ENDPOINT_URL_SECRETS_MANAGER`. */
  readonly id: string;
  /** What its host names begin with. It is its name in signatures, too. */
  readonly host: string;
  readonly protocol: Protocol;
}

export const services = {
  cloudWatch: {
    ...{ id: 'CLOUDWATCH', host: 'monitoring' },
    protocol: json('1.0', 'GraniteServiceVersion20100801'),
  },
  dynamoDb: { id: 'DYNAMODB', host: 'dynamodb', protocol: json('1.0', 'DynamoDB_20120810') },
  eventBridge: { id: 'EVENTBRIDGE', host: 'events', protocol: json('1.1', 'AWSEvents') },
  logs: { id: 'CLOUDWATCH_LOGS', host: 'logs', protocol: json('1.1', 'Logs_20140328') },
  secretsManager: { id: 'SECRETS_MANAGER', host: 'secretsmanager', protocol: json('1.1', 'secretsmanager') },
  sns: { id: 'SNS', host: 'sns', protocol: query('2010-03-31') },
} as const satisfies Readonly<Record<string, Service>>;
