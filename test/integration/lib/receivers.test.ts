import { describe, expect, it } from 'vitest';
import { alarmName } from '../../../functions/findings/alarm-subject.ts';
import { outlets } from '../../../functions/notify/outlets.ts';
import { receiverKinds } from '../../../functions/notify/receiver-kinds.ts';
import type { ConfigInput } from '../../../lib/config/schema.ts';
import { incidentSchema } from '../../../lib/incident-schema.ts';
import { alarmEvent, inputOf, isMatch } from '../../../local/self-hosted/sns/event-rules.ts';
import { synthesize } from '../../../local/self-hosted/synthesize.ts';
import { readDeployment } from '../../../local/self-hosted/template/read-deployment.ts';
import type { Template } from '../../../packages/cloudwatch-alarms/src/index.ts';
import { buildConfig, minimalOrg } from '../../support/build-config.ts';

const https = 'https://pager.example.com/sns';
const everyKind = [
  { email: 'on-call@example.com' },
  { https: 'https://chat.example.com/sns' },
  { kind: 'cloudwatch', https },
  { kind: 'json', https },
  { kind: 'pagerduty', secret: 'okta/pagerduty' },
] as const;

function deploy(alerts: ConfigInput['alerts'], org: object = {}) {
  const { template } = synthesize(buildConfig({ alerts, orgs: [{ ...minimalOrg, ...org }] }));
  const text = JSON.stringify(template);
  return { ...readDeployment(template as Template), template: template as Template, text };
}

const all = deploy({ pages: [...everyKind], tickets: [{ email: 'team@example.com' }] });
const propertiesOf = (type: string, { Resources }: Template = all.template) =>
  Object.values(Resources).flatMap(({ Type, Properties }) => (Type === type && Properties ? [Properties] : []));

it('the configuration knows every kind of receiver', () => {
  const kinds = buildConfig({ alerts: { pages: [...everyKind] } }).alerts.pages.map(({ kind }) => kind);
  expect(kinds).toEqual(receiverKinds);
});

describe('the deployment of one receiver of each kind', () => {
  it('can be simulated as a whole, and every part has an effect', () => {
    expect(all.unsupported).toEqual([]);
    expect(all.ineffective).toEqual([]);
  });

  it('has a topic of its own for each document by https, which for chats is only for alarms about the notifier', () => {
    expect(all.topics.map(({ name }) => name)).toEqual([
      'okta-synthetics-page-alarms',
      'okta-synthetics-ticket-alarms',
      'okta-synthetics-pages',
      'okta-synthetics-pages-cloudwatch',
      'okta-synthetics-pages-json',
      'okta-synthetics-tickets',
      'okta-synthetics-pages-chat',
    ]);
  });

  it('has a queue for each receiver but e-mail, and an alarm that names it and is a ticket', () => {
    const names = [
      'pages-chat-chat-example-com',
      'pages-cloudwatch-pager-example-com',
      'pages-json-pager-example-com',
      'pages-pagerduty',
    ];
    expect(all.queues).toEqual(names.map((name) => `okta-synthetics_${name}`));
    for (const receiver of names) {
      const alarm = all.alarms.alarms.find(
        ({ name }) => name === alarmName({ kind: 'messages-undelivered', receiver }),
      );
      const topic = all.topics.find(({ logicalId }) => logicalId === alarm?.actions.ALARM[0]);
      expect(topic?.name).toBe('okta-synthetics-ticket-alarms');
    }
  });

  it('encrypts the queues, refuses connections without TLS, and keeps messages for 14 days', () => {
    for (const queue of propertiesOf('AWS::SQS::Queue')) {
      expect(queue).toMatchObject({ SqsManagedSseEnabled: true, MessageRetentionPeriod: 14 * 86_400 });
    }
    for (const { PolicyDocument } of propertiesOf('AWS::SQS::QueuePolicy')) {
      expect(JSON.stringify(PolicyDocument)).toContain('"aws:SecureTransport":"false"');
      expect(JSON.stringify(PolicyDocument)).toContain('"aws:SourceArn"');
    }
  });

  it('gives every subscription by https the same tries, and only our own document the type of JSON', () => {
    const subscriptions = propertiesOf('AWS::SNS::Subscription').filter(({ Protocol }) => Protocol === 'https');
    const types = subscriptions.map(({ DeliveryPolicy }) => {
      const { healthyRetryPolicy, requestPolicy } = DeliveryPolicy as Readonly<Record<string, object>>;
      expect(healthyRetryPolicy).toMatchObject({ numNoDelayRetries: 3, minDelayTarget: 5, maxDelayTarget: 60 });
      return requestPolicy;
    });
    expect(types).toEqual([undefined, undefined, undefined, { headerContentType: 'application/json' }]);
  });

  it('posts only its own PagerDuty events, with a routing key that the template does not contain', () => {
    expect(all.rules.find(({ name }) => name === 'okta-synthetics_pages-pagerduty')).toMatchObject({
      pattern: {
        source: ['okta-synthetics'],
        'detail-type': ['Okta Synthetics PagerDuty Event'],
        resources: ['arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages'],
      },
      to: {
        endpoint: 'https://events.pagerduty.com/v2/enqueue',
        body: { routing_key: '{{resolve:secretsmanager:okta/pagerduty:SecretString:routingKey::}}' },
        deadLetters: 'okta-synthetics_pages-pagerduty',
      },
    });
    expect(propertiesOf('AWS::Events::Connection')).toMatchObject([
      {
        AuthParameters: { InvocationHttpParameters: { BodyParameters: [{ Key: 'routing_key', IsValueSecret: true }] } },
      },
    ]);
  });

  it('sends alarms about a notifier to the tools that take what CloudWatch writes, too', () => {
    const alarm = all.alarms.alarms.find(({ name }) => name === alarmName({ kind: 'notify-broken', route: 'page' }));
    const names = alarm?.actions.ALARM.map((id) => all.topics.find(({ logicalId }) => logicalId === id)?.name);
    expect(names).toEqual(['okta-synthetics-pages', 'okta-synthetics-pages-cloudwatch']);
  });
});

describe.each(everyKind.map((receiver, at) => [receiverKinds[at], receiver] as const))(
  'a receiver of the kind %s',
  (kind, receiver) => {
    const only = deploy({ pages: [receiver], tickets: [receiver] });
    const endpoint = { email: 'on-call@example.com', pagerduty: 'https://events.pagerduty.com/v2/enqueue' };
    const address =
      kind === 'chat'
        ? 'https://chat.example.com/sns'
        : { cloudwatch: https, json: https, ...endpoint }[kind ?? 'json'];
    const direct = only.alarms.alarms.filter(({ name }) =>
      /\/(notify-(page|ticket)-(broken|not-running)|messages-undelivered-(page|ticket)s-notifier)$/.test(name),
    );
    const topicAt = (logicalId: string) => only.topics.find((topic) => topic.logicalId === logicalId);

    it.each(direct.map(({ name }) => [name] as const))(
      'hears of %s without the function that writes messages',
      (name) => {
        const reached = (topicId: string, expected: string) =>
          topicAt(topicId)?.subscriptions.some((each) => each.endpoint === expected && each.protocol !== 'lambda');
        if (outlets[kind ?? 'json'].receiver.direct === 'action') {
          const actions = only.alarms.alarms.find((alarm) => alarm.name === name)?.actions.ALARM ?? [];
          expect(actions.some((id) => reached(id, address))).toBe(true);
          return;
        }
        const event = alarmEvent(
          { at: 0, alarm: name, from: 'OK', to: 'ALARM', reason: '"two" errors' },
          'What it means.',
        );
        const told = only.rules.filter((rule) => isMatch(rule, event));
        expect(told).toHaveLength(1);
        const [rule] = told;
        if (!rule) return;
        expect('topicId' in rule.to ? reached(rule.to.topicId, address) : rule.to.endpoint === address).toBe(true);
        const text = inputOf(rule, event);
        expect(text).toContain(name);
        expect(text).toContain('What it means.');
        const recovered = alarmEvent({ at: 0, alarm: name, from: 'ALARM', to: 'OK', reason: '' }, '');
        expect(only.rules.filter((each) => isMatch(each, recovered))).toEqual([]);
      },
    );

    it('has six such alarms, and can be simulated as a whole', () => {
      expect(direct).toHaveLength(6);
      expect(only.unsupported).toEqual([]);
    });

    it('hears of no other alarm by such a rule', () => {
      const others = only.alarms.alarms.filter((alarm) => !direct.includes(alarm));
      const events = others.map(({ name }) =>
        alarmEvent({ at: 0, alarm: name, from: 'OK', to: 'ALARM', reason: '' }, ''),
      );
      expect(events.filter((event) => only.rules.some((rule) => isMatch(rule, event)))).toEqual([]);
    });
  },
);

describe('receivers who have not confirmed', () => {
  const email = (name: string) => ({ email: `${name}@example.com` });
  const heardBy = (alerts: ConfigInput['alerts'], org: object = {}) => {
    const { alarms, topics, unsupported } = deploy(alerts, org);
    expect(unsupported).toEqual([]);
    return alarms.alarms.flatMap(({ name, actions }) => {
      const receiver = name.split('/receivers-unconfirmed-')[1];
      const topic = topics.find(({ logicalId }) => logicalId === actions.ALARM[0])?.name;
      return receiver === undefined ? [] : [`${receiver} ${topic?.replace(/^okta-synthetics-/, '')}`];
    });
  };

  it('are told on the other route if none of a route has confirmed, and on their own if some of tickets have', () => {
    expect(heardBy({ pages: [email('a')], tickets: [email('b')] })).toEqual([
      'pages-email ticket-alarms',
      'tickets-email page-alarms',
    ]);
    expect(heardBy({ pages: [email('a')], tickets: [email('b'), email('c')] })).toEqual([
      'pages-email ticket-alarms',
      'tickets-email page-alarms',
      'tickets-email-all ticket-alarms',
    ]);
  });

  it('are told on the only route that has receivers', () => {
    expect(heardBy({ pages: [email('a'), email('b')] })).toEqual(['pages-email page-alarms']);
    expect(heardBy({ tickets: [email('a')] })).toEqual(['tickets-email ticket-alarms']);
  });

  it('have a name for each route and kind, and PagerDuty needs no confirmation', () => {
    expect(heardBy({ pages: [...everyKind], tickets: [email('b')] })).toEqual([
      'pages-chat-email ticket-alarms',
      'pages-cloudwatch ticket-alarms',
      'pages-json ticket-alarms',
      'tickets-email page-alarms',
    ]);
  });

  it('of an org are told to the receivers of the deployment', () => {
    const own = { alerts: { pages: [email('own')], tickets: [email('own')] } };
    expect(heardBy({ pages: [email('a')], tickets: [email('b')] }, own)).toEqual([
      'pages-email ticket-alarms',
      'tickets-email page-alarms',
      'pages-own-receivers ticket-alarms',
      'tickets-own-receivers ticket-alarms',
    ]);
  });

  it('are counted each hour by the notifier of their route, which may read its topics and no others', () => {
    const own = { alerts: { pages: [{ kind: 'json', https }], tickets: [email('own')] } };
    const { schedules, template } = deploy({ pages: [email('a'), email('b')], tickets: [email('c')] }, own);
    const counted = schedules.flatMap(({ name, target, intervalMinutes, input }) => {
      const { receivers } = input as { readonly receivers?: readonly object[] };
      return receivers ? [{ name, target, intervalMinutes, receivers }] : [];
    });
    expect(counted).toEqual([
      {
        ...{ name: 'notify-page-self-test', target: 'okta-synthetics-notify-page', intervalMinutes: 60 },
        receivers: [{ receiver: 'pages-email', count: 2 }],
      },
      {
        ...{ name: 'notify-ticket-self-test', target: 'okta-synthetics-notify-ticket', intervalMinutes: 60 },
        receivers: [{ receiver: 'tickets-email', count: 1 }],
      },
      {
        ...{ name: 'acme-notify-page', target: 'okta-synthetics-notify-page', intervalMinutes: 60 },
        receivers: [{ receiver: 'pages-own-receivers', count: 1, topic: 'okta-synthetics_acme_pages-json' }],
      },
      {
        ...{ name: 'acme-notify-ticket', target: 'okta-synthetics-notify-ticket', intervalMinutes: 60 },
        receivers: [{ receiver: 'tickets-own-receivers', count: 1, topic: 'okta-synthetics_acme_tickets' }],
      },
    ]);
    const reading = propertiesOf('AWS::IAM::Role', template).filter((role) =>
      JSON.stringify(role).includes('sns:GetTopicAttributes'),
    );
    expect(reading).toHaveLength(2);
    expect(JSON.stringify(reading[0])).not.toContain('-tickets');
  });
});

it('what EventBridge makes of an alarm about the notifier has the formats of the outlets, and the key that resolves it', () => {
  const name = alarmName({ kind: 'notify-broken', route: 'page' });
  const event = alarmEvent({ at: 0, alarm: name, from: 'OK', to: 'ALARM', reason: '' }, 'What it means.');
  const made = all.rules
    .filter((rule) => isMatch(rule, event))
    .map((rule) => [rule.name, JSON.parse(inputOf(rule, event))]);
  const {
    'okta-synthetics_page-direct-json': json,
    'okta-synthetics_page-direct-chat': chat,
    ...rest
  } = Object.fromEntries(made);
  expect(incidentSchema.safeParse(json).error).toBeUndefined();
  expect(json).toMatchObject({ state: 'unreadable', route: 'page', account: '123456789012', region: 'us-east-1' });
  expect(chat).toMatchObject({ version: '1.0', source: 'custom', content: { title: `PAGE monitor: ${name}` } });
  expect(rest['okta-synthetics_page-direct-pagerduty']).toMatchObject({
    event_action: 'trigger',
    dedup_key: `arn:aws:cloudwatch:us-east-1:123456789012:alarm:${name}`,
    payload: { summary: `PAGE monitor: ${name}`, severity: 'critical' },
  });
});

it('the texts of alarms about the notifier have no character that breaks a template of EventBridge', () => {
  const texts = all.alarms.alarms.map(({ description = '' }) => description);
  expect(texts.filter((text) => /["\\\n]/.test(text))).toEqual([]);
});

it('EventBridge may publish only from its own rule, and use the key only for the topics of such rules', () => {
  const ofEvents = (policies: readonly unknown[]) =>
    policies.flatMap((policy) =>
      (
        policy as { readonly Statement: readonly { readonly Condition?: { readonly ArnEquals?: object } }[] }
      ).Statement.filter((each) => JSON.stringify(each).includes('events.amazonaws.com')),
    );
  const topics = ofEvents(propertiesOf('AWS::SNS::TopicPolicy').map(({ PolicyDocument }) => PolicyDocument));
  expect(topics.map(({ Condition }) => Object.keys(Condition?.ArnEquals ?? {}))).toEqual([
    ['aws:SourceArn'],
    ['aws:SourceArn'],
  ]);
  const keys = ofEvents(propertiesOf('AWS::KMS::Key').map(({ KeyPolicy }) => KeyPolicy));
  expect(keys.map(({ Condition }) => Object.keys(Condition?.ArnEquals ?? {}))).toEqual(
    Array.from({ length: 2 }, () => ['kms:EncryptionContext:aws:sns:topicArn']),
  );
});

it('a PagerDuty account in Europe has another endpoint', () => {
  const { rules } = deploy({ pages: [{ kind: 'pagerduty', secret: 'okta/pagerduty', region: 'eu' }] });
  expect(rules[0]?.to).toMatchObject({ endpoint: 'https://events.eu.pagerduty.com/v2/enqueue' });
});

describe('two receivers of one kind', () => {
  it('at one host have queues of their own', () => {
    const { queues, unsupported } = deploy({ pages: [{ https: `${https}/1` }, { https: `${https}/2` }] });
    expect(unsupported).toEqual([]);
    expect(new Set(queues).size).toBe(2);
  });

  it('keep the names of their queues in any order', () => {
    const pages = [{ https: `${https}/1` }, { https: `${https}/2` }];
    expect(deploy({ pages: pages.toReversed() }).queues.toSorted()).toEqual(deploy({ pages }).queues.toSorted());
  });

  it('with the same address are one', () => {
    const { queues, topics } = deploy({ pages: [{ https }, { https }, { email: 'a@b.ch' }, { email: 'a@b.ch' }] });
    expect(queues).toHaveLength(1);
    expect(topics.find(({ name }) => name === 'okta-synthetics-pages')?.subscriptions).toHaveLength(2);
  });
});

it('an alarm on undelivered tickets pages only if no other receiver gets tickets', () => {
  const routeOf = (tickets: NonNullable<ConfigInput['alerts']>['tickets']) => {
    const { alarms, topics } = deploy({ pages: [{ email: 'a@b.ch' }], tickets: tickets ?? [] });
    const receiver = 'tickets-json-pager-example-com';
    const alarm = alarms.alarms.find(({ name }) => name === alarmName({ kind: 'messages-undelivered', receiver }));
    return topics.find(({ logicalId }) => logicalId === alarm?.actions.ALARM[0])?.name;
  };
  expect(routeOf([{ kind: 'json', https }, { email: 'team@example.com' }])).toBe('okta-synthetics-ticket-alarms');
  expect(routeOf([{ kind: 'json', https }])).toBe('okta-synthetics-page-alarms');
});

describe('an org with receivers of its own', () => {
  const own = deploy(
    { pages: [{ email: 'on-call@example.com' }] },
    { alerts: { pages: [...everyKind], tickets: [{ email: 'own@example.com' }], routes: { okta: 'ticket' } } },
  );
  const topicsOf = (alarm: string) => {
    const ids = own.alarms.alarms.find(({ name }) => name === alarm)?.actions.ALARM ?? [];
    return ids.map((id) => own.topics.find(({ logicalId }) => logicalId === id)?.name);
  };

  it('can be simulated as a whole', () => {
    expect(own.unsupported).toEqual([]);
  });

  it('has its alarms go to its own topics, by its own routes', () => {
    expect(topicsOf('okta-synthetics/acme/quota/page')).toEqual(['okta-synthetics_acme_page-alarms']);
    expect(topicsOf('okta-synthetics/acme/okta/page')).toEqual(['okta-synthetics_acme_ticket-alarms']);
    expect(topicsOf('okta-synthetics/monitor/flows-broken')).toEqual(['okta-synthetics-ticket-alarms']);
  });

  it('has its topics call the notifiers of the deployment, which may publish to them', () => {
    for (const route of ['page', 'ticket']) {
      const topic = own.topics.find(({ name }) => name === `okta-synthetics_acme_${route}-alarms`);
      expect(topic).toMatchObject({
        acceptsAlarms: true,
        subscriptions: [{ endpoint: `okta-synthetics-notify-${route}`, permitted: true }],
      });
    }
    expect(own.text).toContain(':okta-synthetics_*_pages-cloudwatch"');
  });

  it('leaves no right to other topics where no org has any', () => {
    expect(all.text).not.toMatch(/okta-synthetics[-_]\*/);
  });
});

describe('receivers of drills', () => {
  const pages = [{ email: 'on-call@example.com' }];
  const tickets = [{ email: 'team@example.com' }];
  const { template, ...some } = deploy({ pages, tickets, drills: [{ email: 'team@example.com' }, { https }] });
  const none = deploy({ pages, tickets });
  const drills = some.topics.find(({ name }) => name === 'okta-synthetics-drills');

  it('have a topic of their own, which no alarm may publish to', () => {
    expect(drills?.subscriptions.map(({ protocol, endpoint }) => `${protocol} ${endpoint}`)).toEqual([
      'email team@example.com',
      `https ${https}`,
    ]);
    expect(JSON.stringify(propertiesOf('AWS::CloudWatch::Alarm', template))).not.toContain('drills');
    const policies = propertiesOf('AWS::SNS::TopicPolicy', template).filter((policy) =>
      JSON.stringify(policy.Topics).includes('drills'),
    );
    expect(JSON.stringify(policies)).not.toContain('cloudwatch.amazonaws.com');
  });

  it('can be simulated, and every part has an effect', () => {
    expect([some.unsupported, some.ineffective]).toEqual([[], []]);
  });

  it('are known to the functions that write messages, and to no other', () => {
    const knowing = some.functions.filter(({ variables }) => variables.DRILL_TOPIC_ARN === drills?.arn);
    expect(knowing.map(({ name }) => name).toSorted()).toEqual([
      'okta-synthetics-notify-page',
      'okta-synthetics-notify-ticket',
      'okta-synthetics-sweep',
    ]);
  });

  it('add nothing to a deployment without any', () => {
    expect(none.text).not.toMatch(/drill/i);
    expect(some.alarms.alarms).toHaveLength(none.alarms.alarms.length);
  });
});
