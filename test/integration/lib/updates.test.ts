import { expect, it } from 'vitest';
import { type ReleasedTemplates, readRelease, refusedChanges, templatesOf } from '../../support/released-templates.ts';

/** The last release that a deployment can be updated from. */
const baseline = readRelease('unreleased');

it.for(Object.keys(baseline))('a deployment of the %s sample can be updated from the last release', (sample) => {
  const { config = {}, templates = {} } = baseline[sample] ?? {};
  expect(refusedChanges(templates, templatesOf(config))).toEqual([]);
});

it.for(Object.entries(readRelease('0.2.0')))(
  'a deployment of the %s sample cannot be updated from 0.2.0, as the changelog says',
  ([, { config, templates }]) => {
    const refused = refusedChanges(templates, templatesOf(config));
    expect(refused).toContainEqual(expect.stringMatching(/^AWS::Scheduler::Schedule .* moves from /));
    expect(refused).toContainEqual(expect.stringMatching(/^AWS::CloudWatch::Alarm .* moves from /));
  },
);

const topic = (properties: object, Type = 'AWS::SNS::Topic') => ({ Type, Properties: properties });
const stack = (resources: object, nested: object = {}) =>
  ({ Main: { Resources: resources }, 'Main/Org': { Resources: nested } }) as ReleasedTemplates;
const before = stack({ Pages: topic({ TopicName: 'pages' }) }, { Queue: topic({ QueueName: 'q' }, 'AWS::SQS::Queue') });
const { Pages } = before.Main?.Resources ?? {};
const { Queue } = before['Main/Org']?.Resources ?? {};

it.for<[what: string, after: ReleasedTemplates, refused: readonly string[]]>([
  ['a name under another logical id', stack({ Alerts: Pages }, { Queue }), ['Main/Pages to Main/Alerts']],
  ['a name in another stack', stack({ Pages, Queue }), ['Main/Org/Queue to Main/Queue']],
  [
    'another type under a logical id',
    stack({ Pages: topic({ TopicName: 'x' }, 'AWS::KMS::Key') }, { Queue }),
    ['Main/Pages changes from AWS::SNS::Topic'],
  ],
  [
    'a named resource that must be replaced',
    stack({ Pages: topic({ TopicName: 'pages', FifoTopic: true }) }, { Queue }),
    ['Main/Pages changes its FifoTopic'],
  ],
  [
    'a name that two logical ids exchange',
    stack({ Pages: topic({ TopicName: 'new' }), Alerts: Pages }, { Queue }),
    ['Main/Pages to Main/Alerts'],
  ],
])('an update with %s is refused', ([, after, refused]) => {
  expect(refusedChanges(before, after)).toEqual(refused.map((each) => expect.stringContaining(each)));
});

it.for<[what: string, after: ReleasedTemplates]>([
  ['nothing new', before],
  ['an addition', stack({ Pages, Tickets: topic({ TopicName: 'tickets' }) }, { Queue })],
  ['a removal', stack({}, { Queue })],
  ['another setting', stack({ Pages: topic({ TopicName: 'pages', DisplayName: 'Pages' }) }, { Queue })],
  ['a new name under the same logical id', stack({ Pages: topic({ TopicName: 'others' }) }, { Queue })],
])('an update with %s is accepted', ([, after]) => {
  expect(refusedChanges(before, after)).toEqual([]);
});
