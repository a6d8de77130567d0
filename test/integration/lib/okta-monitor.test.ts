import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Annotations, App, CfnResource, Stack, Stage, TagManager } from 'aws-cdk-lib';
import { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../lib/config/config-error.ts';
import type { ConfigInput } from '../../../lib/config/schema.ts';
import { flatTemplateOf } from '../../../lib/flat-template.ts';
import { type ConfigError as Exported, OktaMonitor, type OktaMonitorProps } from '../../../lib/index.ts';

const [account, region] = ['123456789012', 'eu-central-1'];
const arn = (name: string, service = 'sns') => `arn:aws:${service}:${region}:${account}:${name}`;
const https = 'https://hooks.acme.test/sns';
const own = { pages: [{ kind: 'pagerduty' as const, secret: 'own' }], tickets: [{ email: 'own@acme.test' }] };
const config: ConfigInput = {
  alerts: {
    pages: [{ email: 'on-call@acme.test' }, { kind: 'json', https }, { kind: 'pagerduty', secret: 'pagerduty' }],
    tickets: [{ email: 'team@acme.test' }],
    runbook: 'https://git.acme.test/runbook.md',
  },
  orgs: [
    { name: 'acme', domain: 'acme.okta.com', dashboard: true },
    { name: 'globex', domain: 'globex.okta.com', alerts: own },
  ],
};

/** An app of others, without the feature flags of ours. */
function foreignApp(): { readonly app: App; readonly stack: Stack } {
  const app = new App({
    context: { 'aws:cdk:enable-asset-metadata': true },
    builtinCloudFormationValidation: false,
  });
  return { app, stack: new Stack(app, 'Foreign', { env: { account, region } }) };
}

const code = () => Code.fromInline('export const handler = () => {};');
const monitor = (stack: Stack, props: Partial<OktaMonitorProps> = {}, id = 'Okta') =>
  new OktaMonitor(stack, id, { config, code, ...props });

/** The properties of all resources of a type, in all stacks of the app. */
function propertiesIn(app: App, type: string) {
  const all = Object.values(flatTemplateOf(app).Resources);
  return all.flatMap(({ Type, Properties }) => (Type === type ? [Properties] : []));
}

/** The actions of SNS or KMS that the policies of all roles allow, by resource. */
function allowedIn(app: App, action: string): readonly unknown[] {
  const policies = propertiesIn(app, 'AWS::IAM::Role').flatMap(({ Policies = [] }) => Policies);
  const statements = policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  const found = statements.filter(({ Action }) => [Action].flat().includes(action));
  return [...new Map(found.flatMap(({ Resource }) => Resource).map((each) => [JSON.stringify(each), each])).values()];
}

describe('a monitor in a stack of others', () => {
  it('leaves the outputs of the stack to it, and says what they would contain', () => {
    const { app, stack } = foreignApp();
    const { dashboardUrl, topics, functions } = monitor(stack);
    expect(app.synth().getStackByName('Foreign').template.Outputs).toBeUndefined();
    expect(stack.resolve(dashboardUrl)).toMatchObject({ 'Fn::Join': ['', expect.anything()] });
    expect(stack.resolve(topics.people.page.topicArn)).toHaveProperty('Ref');
    expect(functions.map(({ group }) => group)).toEqual(['flows', 'status']);
  });

  it('can be there twice, if the two have two names', () => {
    const { app, stack } = foreignApp();
    for (const deployment of ['first', 'second']) monitor(stack, { config: { ...config, deployment } }, deployment);
    const names = propertiesIn(app, 'AWS::SNS::Topic').map(({ TopicName }) => TopicName);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => name.startsWith('first')).length).toBe(names.length / 2);
  });

  it('can be in a stage, as many times as there are stages', () => {
    const app = new App({ builtinCloudFormationValidation: false });
    for (const name of ['Staging', 'Production']) {
      monitor(new Stack(new Stage(app, name, { env: { account, region } }), 'SignIn'), {
        config: { ...config, deployment: name.toLowerCase() },
      });
    }
    const stacks = app.synth().nestedAssemblies.flatMap(({ nestedAssembly }) => nestedAssembly.stacks);
    expect(stacks.map(({ stackName }) => stackName).toSorted()).toEqual(['Production-SignIn', 'Staging-SignIn']);
  });

  it('has the permissions boundary on every role, also in the stacks of orgs', () => {
    const { app, stack } = foreignApp();
    monitor(stack, { permissionsBoundary: ManagedPolicy.fromManagedPolicyArn(stack, 'B', arn('policy/b', 'iam')) });
    const roles = propertiesIn(app, 'AWS::IAM::Role');
    // Both the deployment and an org have a role for PagerDuty.
    expect(roles.filter(({ Description }) => /PagerDuty/.test(Description))).toHaveLength(2);
    for (const { PermissionsBoundary } of roles) expect(PermissionsBoundary).toBe(arn('policy/b', 'iam'));
  });

  it('has the tags on everything that can have tags, also in the stacks of orgs, and on nothing else of the stack', () => {
    const { app, stack } = foreignApp();
    const page = new Topic(stack, 'OnCall', { topicName: 'on-call' });
    const built = monitor(stack, { tags: { team: 'identity', stage: 'production' }, topics: { page } });
    const topics = propertiesIn(app, 'AWS::SNS::Topic');
    const tagged = built.node.findAll().filter((each) => CfnResource.isCfnResource(each));
    const tags = tagged.flatMap((each) => [TagManager.of(each)?.tagValues()].filter((values) => values !== undefined));
    expect(tags.length).toBeGreaterThan(topics.length);
    for (const each of tags) expect(each).toMatchObject({ team: 'identity', stage: 'production' });
    const isOfOthers = ({ TopicName }: { TopicName: string }) => TopicName === 'on-call';
    expect(topics.find(isOfOthers)).not.toHaveProperty('Tags');
    for (const { Tags } of topics.filter((each) => !isOfOthers(each))) {
      expect(Tags).toContainEqual({ Key: 'team', Value: 'identity' });
    }
  });
});

describe('the configuration of a monitor', () => {
  const errorOf = (invalid: object | string): Exported => {
    try {
      monitor(foreignApp().stack, { config: invalid as ConfigInput });
    } catch (error) {
      return error as Exported;
    }
    throw new Error('nothing was thrown');
  };

  it('is reviewed: an error lists all of its problems', () => {
    const [acme] = config.orgs;
    const error = errorOf({
      ...config,
      logRetentionDays: 31,
      orgs: [{ ...acme, domain: 'https://acme.okta.com' }, acme],
    });
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message.split('\n')).toEqual([
      'the configuration of Foreign/Okta has 3 problems:',
      expect.stringMatching(/^ {2}logRetentionDays must be one of 1, 3, 5/),
      '  orgs[0].domain must be a host without a scheme: remove https://.',
      expect.stringMatching(/^ {2}orgs\[1\]\.name is the name of another org/),
    ]);
  });

  it('may be a file, whose problems are listed with their lines', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'monitor-')), 'okta.jsonc');
    writeFileSync(file, `// Ours.\n${JSON.stringify(config, null, 2)}`);
    const { stack } = foreignApp();
    expect(monitor(stack, { config: file }).orgs.map(({ monitoredOrg }) => monitoredOrg.org.name)).toEqual([
      'acme',
      'globex',
    ]);
    writeFileSync(file, '{\n  "orgs": [{ "name": "acme", "domain": "acme_okta" }]\n}');
    expect(errorOf(file).message).toMatch(/okta\.jsonc has 1 problem:\n {2}orgs\[0\]\.domain \(line 2\) must be/);
  });

  it('is the same for the stacks whether it is a file or not', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'monitor-')), 'okta.json');
    writeFileSync(file, JSON.stringify(config));
    const [typed, read] = [config, file].map((each) => {
      const { app, stack } = foreignApp();
      monitor(stack, { config: each });
      return flatTemplateOf(app);
    });
    expect(typed).toEqual(read);
  });

  it('that is valid but odd gives warnings of the CDK, which can be acknowledged by their ids', () => {
    const once = { name: 'move', schedule: 'at(2026-01-31T22:00)', durationMinutes: 60 };
    const odd = {
      orgs: config.orgs.slice(0, 1),
      alerts: { tickets: [{ email: 'team@acme.test' }], maintenance: [once] },
    };
    const { stack } = foreignApp();
    monitor(stack, { config: odd, now: Date.UTC(2026, 5) });
    Annotations.of(stack).acknowledgeWarning('okta-synthetics:no-runbook');
    const texts = stack.node
      .findAll()
      .flatMap(({ node }) => node.metadata)
      .flatMap(({ type, data }) => (type === 'aws:cdk:warning' ? [String(data)] : []));
    expect(texts.filter((text) => text.includes('okta-synthetics:'))).toEqual([
      expect.stringMatching(/^No one receives pages: .* \[ack: okta-synthetics:no-receiver\]$/),
      expect.stringMatching(/^The maintenance window move is over .* \[ack: okta-synthetics:window-over\]$/),
    ]);
  });

  it('leaves out a maintenance window only once it is over', () => {
    const once = { name: 'move', schedule: 'at(2026-01-31T22:00)', durationMinutes: 60 };
    const rulesAt = (now: number) => {
      const { app, stack } = foreignApp();
      monitor(stack, { config: { ...config, alerts: { ...config.alerts, maintenance: [once] } }, now });
      return propertiesIn(app, 'AWS::CloudWatch::AlarmMuteRule').length;
    };
    expect(rulesAt(Date.UTC(2026, 0, 31, 22, 59))).toBe(config.orgs.length);
    expect(rulesAt(Date.UTC(2026, 0, 31, 23))).toBe(0);
  });
});

describe('a topic that others made', () => {
  const topicNames = (app: App) => propertiesIn(app, 'AWS::SNS::Topic').map(({ TopicName }) => TopicName);

  it('takes the place of the monitor’s own, for messages and for alarms about the notifiers', () => {
    const { app, stack } = foreignApp();
    monitor(stack, { topics: { page: Topic.fromTopicArn(stack, 'OnCall', arn('on-call')) } });
    expect(topicNames(app)).not.toContain('okta-synthetics-pages');
    expect(topicNames(app)).toEqual(
      expect.arrayContaining(['okta-synthetics-page-alarms', 'okta-synthetics-tickets', 'okta-synthetics-pages-json']),
    );
    const functions = propertiesIn(app, 'AWS::Lambda::Function');
    const notifier = functions.find(({ FunctionName }) => FunctionName === 'okta-synthetics-notify-page');
    expect(notifier.Environment.Variables).toMatchObject({ PEOPLE_TOPIC_ARN: arn('on-call') });
    const alarms = propertiesIn(app, 'AWS::CloudWatch::Alarm');
    const broken = alarms.find(({ AlarmName }) => AlarmName === 'okta-synthetics/monitor/notify-page-broken');
    expect(broken.AlarmActions).toContain(arn('on-call'));
  });

  it('is the only thing of others that the functions may publish to', () => {
    const { app, stack } = foreignApp();
    monitor(stack, { topics: { page: Topic.fromTopicArn(stack, 'OnCall', arn('on-call')) } });
    const literal = allowedIn(app, 'sns:Publish').filter((each) => typeof each === 'string');
    expect(literal).toEqual([arn('on-call')]);
  });

  it('gets the subscriptions of the configuration, from the stack of the monitor', () => {
    const { app, stack } = foreignApp();
    const onCall = Topic.fromTopicArn(stack, 'OnCall', arn('on-call'));
    const both = { ...config, alerts: { ...config.alerts, tickets: config.alerts?.pages ?? [] } };
    monitor(stack, { config: both, topics: { page: onCall, ticket: onCall } });
    const emails = propertiesIn(app, 'AWS::SNS::Subscription').filter(({ TopicArn }) => TopicArn === arn('on-call'));
    expect(emails.map(({ Endpoint }) => Endpoint)).toEqual(['on-call@acme.test', 'on-call@acme.test']);
  });

  it('takes PagerDuty’s events of this deployment and route only, even if others use the topic', () => {
    const { app, stack } = foreignApp();
    monitor(stack, { topics: { page: Topic.fromTopicArn(stack, 'OnCall', arn('on-call')) } });
    const patterns = propertiesIn(app, 'AWS::Events::Rule')
      .map(({ EventPattern }) => JSON.stringify(EventPattern))
      .filter((pattern) => pattern.includes('PagerDuty Event'));
    expect(patterns).toEqual([
      expect.stringContaining('sns:eu-central-1:123456789012:okta-synthetics-pages"'),
      expect.stringContaining('Orgglobex'),
    ]);
  });

  it('does not receive messages about an org with receivers of its own', () => {
    const { app, stack } = foreignApp();
    monitor(stack, { topics: { page: Topic.fromTopicArn(stack, 'OnCall', arn('on-call')) } });
    expect(topicNames(app)).toContain('okta-synthetics_globex_pages');
  });

  it('gets the statement for CloudWatch’s alarms, and its key too, if both are of this app', () => {
    const { app, stack } = foreignApp();
    const masterKey = new Key(stack, 'OnCallKey');
    const topic = new Topic(stack, 'OnCall', { topicName: 'on-call', masterKey });
    monitor(stack, { topics: { page: topic } });
    const policies = propertiesIn(app, 'AWS::SNS::TopicPolicy').filter(({ Topics }) =>
      JSON.stringify(Topics).includes('OnCall'),
    );
    expect(policies).toMatchObject([
      {
        PolicyDocument: { Statement: [{ Action: 'sns:Publish', Principal: { Service: 'cloudwatch.amazonaws.com' } }] },
      },
    ]);
    const keys = propertiesIn(app, 'AWS::KMS::Key').map(({ KeyPolicy }) => JSON.stringify(KeyPolicy));
    for (const policy of keys) expect(policy).toContain('cloudwatch.amazonaws.com');
    expect(allowedIn(app, 'kms:GenerateDataKey')).toHaveLength(keys.length);
  });

  it('has no alarm on e-mail that cannot be delivered, because others may publish to it', () => {
    const namesWith = (topics: OktaMonitorProps['topics']) => {
      const { app, stack } = foreignApp();
      const people = { pages: [{ email: 'on-call@acme.test' }], tickets: [{ email: 'team@acme.test' }] };
      monitor(stack, { config: { ...config, alerts: people }, topics: topics ?? {} });
      return propertiesIn(app, 'AWS::CloudWatch::Alarm').map(({ AlarmName }) => AlarmName);
    };
    const alarm = 'okta-synthetics/monitor/messages-undelivered-pages-email';
    expect(namesWith({})).toContain(alarm);
    const { stack } = foreignApp();
    expect(namesWith({ page: Topic.fromTopicArn(stack, 'OnCall', arn('on-call')) })).not.toContain(alarm);
  });

  it.each([
    ['in another Region', 'arn:aws:sns:us-east-1:123456789012:on-call', /topics\.page is in another account or Region/],
    ['in another account', 'arn:aws:sns:eu-central-1:210987654321:on-call', /topics\.page is in another account or/],
    ['that is a FIFO topic', arn('on-call.fifo'), /topics\.page is a FIFO topic/],
  ])('%s is refused in words', (_, topicArn, problem) => {
    const { stack } = foreignApp();
    const topics = { page: Topic.fromTopicArn(stack, 'OnCall', topicArn) };
    expect(() => monitor(stack, { topics })).toThrow(ConfigError);
    expect(() => monitor(stack, { topics }, 'Again')).toThrow(problem);
  });
});

describe('a key that others made', () => {
  const keyArn = arn('key/1234abcd-12ab-34cd-56ef-1234567890ab', 'kms');

  it('encrypts the topics of the deployment and of orgs, in place of the monitor’s own key', () => {
    const { app, stack } = foreignApp();
    monitor(stack, { encryptionKey: Key.fromKeyArn(stack, 'Key', keyArn) });
    expect(propertiesIn(app, 'AWS::KMS::Key')).toEqual([]);
    expect(propertiesIn(app, 'AWS::KMS::Alias')).toEqual([]);
    const topics = propertiesIn(app, 'AWS::SNS::Topic');
    expect(topics.map(({ TopicName }) => TopicName)).toContain('okta-synthetics_globex_pages');
    for (const { KmsMasterKeyId } of topics) expect(KmsMasterKeyId).toBe(keyArn);
    expect(allowedIn(app, 'kms:GenerateDataKey')).toEqual([keyArn]);
  });

  it('lets CloudWatch’s alarms use it, if it is of this app', () => {
    const { app, stack } = foreignApp();
    monitor(stack, { encryptionKey: new Key(stack, 'Key') });
    const [key, ...others] = propertiesIn(app, 'AWS::KMS::Key');
    expect(others).toEqual([]);
    expect(key.KeyPolicy.Statement).toContainEqual(
      expect.objectContaining({
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    );
  });

  it('is refused in words if it is an alias, of a topic too', () => {
    const { stack } = foreignApp();
    const alias = Alias.fromAliasName(stack, 'Alias', 'alias/aws/sns');
    expect(() => monitor(stack, { encryptionKey: alias })).toThrow(/encryptionKey is an alias/);
    const topics = { ticket: new Topic(stack, 'Tickets', { masterKey: alias }) };
    expect(() => monitor(stack, { topics }, 'Again')).toThrow(/topics\.ticket\.masterKey is an alias/);
  });
});
