import { CfnResource, Stack } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import type { Template } from '../../../../packages/cloudwatch-alarms/src/index.ts';
import { markdownTable } from './markdown.ts';

type One<Item> = Item | readonly Item[];

interface Statement {
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: One<string>;
  readonly Resource?: One<unknown>;
  readonly Principal?: '*' | Readonly<Record<string, One<unknown>>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, One<unknown>>>>>;
}

/** A statement of a policy in words. Those that differ only in who they are about, or in their condition, become one row. */
interface Right {
  readonly who: string;
  readonly actions: string;
  readonly on: string;
  readonly condition: string;
  readonly reason: string;
}

/** Why a pattern of actions is not narrower, where no construct says it. */
const reasons: Readonly<Record<string, string>> = {
  'kms:*': 'Without this, the key could not be administered. IAM policies of the account decide who may.',
  'kms:GenerateDataKey*': 'CloudWatch does not say which of these operations it uses.',
};

/** What every policy of a template allows, as a Markdown table. Throws if a pattern is allowed without a reason. */
export function rightsTable(stack: Construct, template: Template): string {
  const byWho = joined(rightsOf(stack, template), 'who', ', ');
  const rows = joined(byWho, 'condition', '; or ').map(({ who, actions, on, condition, reason }) => [
    who,
    actions,
    on,
    condition,
    reason,
  ]);
  return markdownTable(['who', 'actions', 'on', 'only if', 'why it has a `*`'], rows, widest);
}

/** The columns are too different in length to be padded to the longest cell. */
const widest = 24;

/** Makes one of the rights that differ in one field only. */
function joined(rights: readonly Right[], field: 'who' | 'condition', separator: string): readonly Right[] {
  return [...Map.groupBy(rights, (right) => JSON.stringify({ ...right, [field]: '' })).values()].flatMap((same) => {
    const values = [...new Set(same.map((right) => right[field]))];
    const text = values.length > 1 ? values.map((value) => value || 'no condition').join(separator) : values.join('');
    return same.slice(0, 1).map((right) => ({ ...right, [field]: text }));
  });
}

function rightsOf(stack: Construct, { Resources }: Template): readonly Right[] {
  const acknowledged = acknowledgedReasons(stack);
  const resources = Object.entries(Resources);
  const nameOf = (id: string) => nameOfResource(Resources, id);
  const text = (value: unknown) => textOf(value, nameOf);
  return resources.flatMap(([id, { Type, Properties = {} }]): readonly Right[] => {
    // biome-ignore lint/suspicious/noExplicitAny: the properties of a resource depend on its type
    const properties: any = Properties;
    const right = (who: string, on: string | undefined, statement: Statement): Right => {
      const actions = list(statement.Action);
      const all = on === undefined ? list(statement.Resource).map(text) : [];
      const patterns = [...actions, ...all].filter((each) => each.includes('*'));
      const reasonOf = (pattern: string) => reasons[pattern] ?? acknowledged.get(`${id} ${pattern}`);
      const unexplained = patterns.filter((pattern) => statement.Effect === 'Allow' && !reasonOf(pattern));
      if (unexplained.length > 0) throw new Error(`no reason is given for ${unexplained} of ${id}`);
      return {
        who,
        actions: `${statement.Effect === 'Deny' ? 'denied: ' : ''}${actions.map(code).join(', ')}`,
        on: on ?? inWords(all),
        condition: conditionInWords(statement.Condition, text),
        reason: [...new Set(patterns.flatMap((pattern) => reasonOf(pattern) ?? []))].join(' '),
      };
    };
    const ofPolicy = (on: string, statements: readonly Statement[]) =>
      statements.map((statement) => right(principalInWords(statement, text), on, statement));
    switch (Type) {
      case 'AWS::IAM::Role': {
        const [owner, log] = ownerOf(Resources, id);
        const trust: readonly Statement[] = properties.AssumeRolePolicyDocument.Statement;
        const statements: readonly Statement[] = properties.Policies.flatMap(
          (policy: { PolicyDocument: { Statement: readonly Statement[] } }) => policy.PolicyDocument.Statement,
        );
        return [
          ...statements.map((each) =>
            right(owner, text(each.Resource) === log ? 'its own log group' : undefined, each),
          ),
          ...trust.map((each) =>
            right(principalInWords(each, text), log ? "a function's role" : `the role of ${owner}`, each),
          ),
        ];
      }
      case 'AWS::SNS::TopicPolicy':
        return ofPolicy('the topic whose policy it is', properties.PolicyDocument.Statement);
      case 'AWS::SQS::QueuePolicy':
        return ofPolicy('the queue whose policy it is', properties.PolicyDocument.Statement);
      case 'AWS::KMS::Key':
        return ofPolicy('the key of the topics', properties.KeyPolicy.Statement);
      case 'AWS::Lambda::Permission': {
        const { Action, Principal, SourceArn, FunctionName } = properties;
        const Condition = { ArnLike: { 'aws:SourceArn': SourceArn } };
        const statement = { Effect: 'Allow' as const, Action, Principal: { Service: Principal }, Condition };
        return [right(principalInWords(statement, text), text(FunctionName), statement)];
      }
      default:
        return [];
    }
  });
}

/** What constructs say of patterns: by the logical id of the role and the pattern. */
function acknowledgedReasons(scope: Construct): ReadonlyMap<string, string> {
  const found = scope.node.findAll().flatMap((construct: IConstruct) => {
    const { defaultChild } = construct.node;
    if (!(defaultChild instanceof CfnResource)) return [];
    const id = Stack.of(construct).resolve(defaultChild.logicalId);
    return construct.node.metadata
      .filter(({ type }) => type === 'aws:cdk:acknowledged-rules')
      .flatMap(({ data }) => Object.entries(data as Readonly<Record<string, string>>))
      .flatMap(([rule, reason]) => {
        const pattern = /^Annotation::AwsSolutions-IAM5\[Resource::(.*)\]$/.exec(rule)?.[1];
        return pattern ? [[`${id} ${shortened(pattern)}`, reason] as const] : [];
      });
  });
  return new Map(found);
}

/** Whose role it is, and the log group of a function. */
function ownerOf(Resources: Template['Resources'], role: string): readonly [owner: string, log?: string] {
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
    if (!JSON.stringify(Properties).includes(`"${role}"`)) continue;
    if (Type === 'AWS::Lambda::Function') {
      const name = nameOfResource(Resources, id);
      return [name.replace('function ', ''), `log group ${code(`/aws/lambda/${name.replaceAll(/function |`/g, '')}`)}`];
    }
    if (Type === 'AWS::Events::Rule') return ['the rule of a PagerDuty receiver'];
  }
  return ['the schedules'];
}

const nouns: Readonly<Record<string, readonly [noun: string, property: string]>> = {
  'AWS::Logs::LogGroup': ['log group', 'LogGroupName'],
  'AWS::SNS::Topic': ['topic', 'TopicName'],
  'AWS::Lambda::Function': ['function', 'FunctionName'],
  'AWS::SQS::Queue': ['queue', 'QueueName'],
  'AWS::Events::Rule': ['rule', 'Name'],
  'AWS::Events::ApiDestination': ['API destination', 'Name'],
};

/** A resource by its noun and name. A name with the sample's org in it says that it is any org. */
function nameOfResource(Resources: Template['Resources'], id: string): string {
  const { Type = '', Properties = {} } = Resources[id] ?? {};
  const [noun, property = ''] = nouns[Type] ?? [];
  return noun
    ? `${noun} ${code(String(Properties[property]))}`
    : Type === 'AWS::KMS::Key'
      ? 'the key of the topics'
      : id;
}

/** A value of a policy: text, a reference, or an ARN made of references. */
function textOf(value: unknown, nameOf: (id: string) => string): string {
  if (typeof value === 'string') return shortened(value);
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = value as Readonly<Record<string, never>>;
  if (Ref) return String(Ref).startsWith('AWS::') ? `<${Ref}>` : nameOf(Ref);
  if (attribute) return nameOf(attribute[0]);
  const parts: readonly unknown[] = join?.[1] ?? [];
  return shortened(parts.map((part) => (typeof part === 'string' ? part : textOf(part, nameOf))).join(''));
}

/** An ARN of this account and Region without what all of them have, as a noun and a name. */
function shortened(arn: string): string {
  const [, service, rest = ''] =
    /^arn:<AWS::Partition>:([\w-]+):(?:<AWS::Region>)?:<AWS::AccountId>:(.*)$/.exec(arn) ?? [];
  if (!service) return arn;
  if (service === 'iam' && rest === 'root') return 'this account';
  const [, kind, name = ''] = /^(secret|table|event-bus|alarm|rule|schedule-group)[:/](.*)$/.exec(rest) ?? [
    undefined,
    'topic',
    rest,
  ];
  return `${kind === 'event-bus' ? 'event bus' : kind === 'schedule-group' ? 'schedule group' : kind} ${code(name.replace(/-\?{6}$/, ''))}`;
}

const code = (text: string) => `\`${text.replace('_acme_', '_<org>_').replace('/acme/', '/<org>/')}\``;

/** Several things of a kind have their noun once. */
function inWords(all: readonly string[]): string {
  const kinds = Map.groupBy([...new Set(all)], (each) => each.replace(/ ?`.*/, ''));
  return [...kinds]
    .map(([noun, [first = '', ...others]]) => [first, ...others.map((each) => each.slice(noun.length + 1))].join(', '))
    .join('; ')
    .replace(/^\*$/, 'everything');
}

function principalInWords({ Principal }: Statement, text: (value: unknown) => string): string {
  if (Principal === undefined || Principal === '*') return 'everyone';
  const all = Object.values(Principal).flatMap(list).map(text);
  return all.map((each) => (each === '*' ? 'everyone' : each.includes('.') ? code(each) : each)).join(', ');
}

function conditionInWords(condition: Statement['Condition'] = {}, text: (value: unknown) => string): string {
  return Object.values(condition)
    .flatMap((keys) => Object.entries(keys))
    .map(([key, value]) => {
      const values = list(value)
        .map(text)
        .map((each) =>
          /[` ]/.test(each)
            ? each
            : each === '<AWS::AccountId>'
              ? 'this account'
              : code(each.replace('<AWS::Region>', '<Region>')),
        );
      return `${code(key)} ${values.some((each) => each.includes('*')) ? 'matches' : 'is'} ${values.join(' or ')}`;
    })
    .join(', ');
}

const list = <Item>(value: One<Item> | undefined): readonly Item[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as Item];
