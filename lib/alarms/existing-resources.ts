import { type Stack, Token, TokenComparison } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { type Route, routes } from '../../functions/model/finding.ts';

/** Topics and keys that others made. */
export interface ExistingResources {
  /** The topics of people, by route. */
  readonly topics: Readonly<Partial<Record<Route, ITopic>>>;
  readonly encryptionKey: IKey | undefined;
}

/** Why messages to them would be lost silently. */
export function existingProblems({ topics, encryptionKey }: ExistingResources, stack: Stack): readonly string[] {
  return [
    ...routes.flatMap((route) => topicProblems(`topics.${route}`, topics[route], stack)),
    ...keyProblems('encryptionKey', encryptionKey),
  ];
}

function topicProblems(name: string, topic: ITopic | undefined, stack: Stack): readonly string[] {
  if (!topic) return [];
  const { account, region } = topic.env;
  const isElsewhere = [
    [account, stack.account],
    [region, stack.region],
  ].some(([one = '', other = '']) => Token.compareStrings(one, other) === TokenComparison.DIFFERENT);
  return [
    ...(isElsewhere ? [`${name} is in another account or Region: use one of this stack's, and let it forward.`] : []),
    ...(topic.fifo
      ? [`${name} is a FIFO topic, which takes no subscriptions by e-mail or https: use a standard one.`]
      : []),
    ...keyProblems(`${name}.masterKey`, topic.masterKey),
  ];
}

/** IAM allows the use of a key by its ARN. An alias of AWS's own key for SNS is of no use at all: CloudWatch may not use it. */
function keyProblems(name: string, key: IKey | undefined): readonly string[] {
  return key?.keyArn.includes(':alias/')
    ? [`${name} is an alias, which no policy can allow to use: use Key.fromKeyArn with a key of your own.`]
    : [];
}
