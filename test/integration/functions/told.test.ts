import { beforeEach, expect, it } from 'vitest';
import { openEventBridge, openSns } from '../../../functions/aws/clients.ts';
import { finding } from '../../../functions/findings/finding.ts';
import { incidentOf } from '../../../functions/notify/incident.ts';
import { composeIncident } from '../../../functions/notify/message.ts';
import { type Outbox, type Telling, tell } from '../../../functions/notify/tell.ts';
import { incidentBody, messageKey, type OpenIncident } from '../../../functions/state/incident-item.ts';
import { incidentKey, keptOf, readKept } from '../../../functions/state/kept.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import { scanOrgs } from '../../../functions/state/query-state.ts';
import { getItem, putItem } from '../../../functions/state/state-table.ts';
import { forgetTold, noteTold, readTold, toldItem } from '../../../functions/state/told.ts';
import { awsEnvironment } from '../../support/aws-environment.ts';
import { at, evidenceOf, outcome } from '../../support/log-of.ts';
import { firing, links } from '../../support/messages.ts';
import { openStateTable } from '../../support/open-state-table.ts';

const noon = Date.UTC(2026, 10, 21, 12);
const day = 24 * 60 * 60_000;
const { aws, table } = await openStateTable();
beforeEach(() => aws.clear());

it('a notice is known from then on, with the time of its first sending', async () => {
  expect(await readTold(table, 'acme')).toEqual(new Map());
  await noteTold(table, 'acme', ['payroll#30', 'wiki#30'], noon);
  await noteTold(table, 'acme', ['payroll#14', 'wiki#30'], noon + day);
  expect(await readTold(table, 'acme')).toEqual(
    new Map([
      ['payroll#30', new Date(noon).toISOString()],
      ['wiki#30', new Date(noon).toISOString()],
      ['payroll#14', new Date(noon + day).toISOString()],
    ]),
  );
  expect(await readTold(table, 'globex')).toEqual(new Map());
});

it('a notice is among the items that messages are written from', async () => {
  await noteTold(table, 'acme', ['payroll#30'], noon);
  expect([...(await readKept(table, 'acme', AbortSignal.timeout(5_000))).told.keys()]).toEqual(['payroll#30']);
  const [items] = [await scanOrgs(table, AbortSignal.timeout(5_000))];
  expect([...keptOf('acme', items).told.keys()]).toEqual(['payroll#30']);
});

const topicArn = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';
const environment = awsEnvironment(aws.url);
const outbox: Outbox = {
  ...{ sns: openSns({ environment, maxAttempts: 1 }), events: openEventBridge({ environment }), table, owner: 'one' },
  audience: { peopleTopicArn: topicArn, ownTopicArn: topicArn, outlets: [], isPeopleOnly: true },
};
const open: OpenIncident = {
  ...{
    alarm: firing.name,
    state: 'firing',
    route: 'page',
    topicArn,
    document: {},
    startObserved: true,
    runsToAlarm: 2,
  },
  ...{ firedAt: firing.changedAt, toldAt: firing.changedAt, since: at('12:00'), reason: '', lookBackMs: 600_000 },
};
const incident = incidentOf(
  firing,
  evidenceOf(
    ['12:00', '12:01'].map((time) =>
      outcome(at(time), 'token@default', 'internal-error', {
        finding: finding('internal-error', { once: ['payroll#14'] }),
      } as Parameters<typeof outcome>[3]),
    ),
  ),
);
/** The message that an alarm fires for something that is told once. */
const telling: Telling = {
  incident,
  notification: composeIncident(incident, links),
  message: messageKey(firing.name, firing.changedAt, 'firing'),
  stored: undefined,
  after: open,
  isNotedFirst: false,
  isWithoutPeople: false,
};

it('what could not be sent is not noted as told', async () => {
  const restore = aws.injectFault('Publish', { status: 400, type: 'AccessDeniedException', message: 'no' });
  await expect(tell(outbox, telling)).rejects.toThrow('people');
  expect(await readTold(table, 'acme')).toEqual(new Map());
  restore();
  await tell(outbox, telling);
  expect([...(await readTold(table, 'acme')).keys()]).toEqual(['payroll#14']);
});

it('nothing is told of an incident that has ended since it was read', async () => {
  const key = incidentKey(firing.subject, firing.name);
  const signal = AbortSignal.timeout(10_000);
  const write = async (incident: OpenIncident) => {
    const previous = await getItem(table, key, signal);
    await putItem(table, key, incidentBody(incident), { previous, expiresAt: Date.now() + day }, signal);
    return getItem(table, key, signal);
  };
  const stored = await write(open);
  await write({ ...open, state: 'resolved', toldAt: open.toldAt + 60_000 });
  expect(await tell(outbox, { ...telling, stored, isNotedFirst: true })).toBe(false);
  expect(aws.published).toEqual([]);
});

it('the notice of a repaired problem is forgotten, and the others are not', async () => {
  await noteTold(table, 'acme', ['payroll#missing', 'wiki#owner'], noon);
  await forgetTold(table, 'acme', ['payroll#missing', 'never told'], noon);
  expect([...(await readTold(table, 'acme')).keys()]).toEqual(['wiki#owner']);
});

it('what two tell at the same time is both noted', async () => {
  await Promise.all(['payroll#30', 'wiki#30', 'okta.example#7'].map((key) => noteTold(table, 'acme', [key], noon)));
  expect([...(await readTold(table, 'acme')).keys()].toSorted()).toEqual(['okta.example#7', 'payroll#30', 'wiki#30']);
});

it('a notice that is more than a year old is forgotten', async () => {
  await noteTold(table, 'acme', ['payroll#30'], noon);
  await noteTold(table, 'acme', ['wiki#30'], noon + 401 * day);
  expect([...(await readTold(table, 'acme')).keys()]).toEqual(['wiki#30']);
});

it('an item that was changed by hand is no reason to fail', async () => {
  const item = {
    org: { S: 'acme' },
    item: { S: toldItem },
    body: { S: '{"told":{"a":7,"b":"soon"}}' },
    revision: { N: '1' },
  };
  await aws.tables.call('PutItem', JSON.stringify({ TableName: table.name, Item: item }));
  expect(await readTold(table, 'acme')).toEqual(new Map());
});

it('a probe remembers what it wrote, in another container too, and another probe does not', async () => {
  const memory = () => openMemory(table, () => noon)('acme').of('signing-keys@default');
  const first = memory();
  expect(await first.read()).toBeUndefined();
  await first.write({ kids: ['one'] });
  await first.write({ kids: ['one', 'two'] });
  expect(await memory().read()).toEqual({ kids: ['one', 'two'] });
  expect(
    await openMemory(
      table,
      () => noon,
    )('acme')
      .of('signing-keys@other')
      .read(),
  ).toBeUndefined();
});

it('a probe does not overwrite what another run remembered since it read', async () => {
  const [one, other] = [0, 1].map(() => openMemory(table, () => noon)('acme').of('log')) as [
    ReturnType<ReturnType<ReturnType<typeof openMemory>>['of']>,
    ReturnType<ReturnType<ReturnType<typeof openMemory>>['of']>,
  ];
  await Promise.all([one.read(), other.read()]);
  await one.write({ cursor: 'a' });
  await expect(other.write({ cursor: 'b' })).rejects.toThrow('another run');
});

it('without a table, a probe remembers as long as the process runs', async () => {
  const memoryOf = openMemory(undefined, () => noon);
  await memoryOf('acme').of('log').write({ cursor: 'a' });
  expect(await memoryOf('acme').of('log').read()).toEqual({ cursor: 'a' });
  expect(await memoryOf('globex').of('log').read()).toBeUndefined();
  expect(await memoryOf('acme').told()).toEqual(new Map());
});
