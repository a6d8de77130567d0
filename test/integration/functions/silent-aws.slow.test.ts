import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Group } from '../../../functions/model/probe.ts';
import { enabledProbes } from '../../../functions/probes/plan.ts';
import { functionTimeoutMs, waitMsOf } from '../../../functions/run/deadline.ts';
import { loadConfig } from '../../../lib/config/load-config.ts';
import { bundle } from '../../../lib/functions/bundle.ts';
import { type Entry, entries } from '../../../lib/functions/entries.ts';
import { probeEvents } from '../../../lib/functions/probe-event.ts';
import { monitoredOrgs, planOf } from '../../../lib/monitored-org.ts';
import { adoptServers } from '../../../local/lab/simulation/adopt-servers.ts';
import { EmulatedOrgs } from '../../../local/lab/simulation/emulated-orgs.ts';
import { startFunction } from '../../../local/self-hosted/lambda/function-process.ts';
import { metricAlarm, snsEvent } from '../../support/alarms.ts';

/** How a service fails that is there and does not do its work. */
const failures = {
  'accepts calls and never answers': () => {},
  'answers headers and stalls in the body': (response: ServerResponse) => void response.writeHead(200).write('{'),
  'closes every connection': (response: ServerResponse) => void response.destroy(),
} as const satisfies Readonly<Record<string, (response: ServerResponse) => void>>;

/** Stands before the AWS emulator, and puts a server that fails in the place of one service. */
async function startGateway(awsUrl: string) {
  const services = new Set<string>();
  const gateway = {
    ...{ services, url: '' },
    broken: undefined as { readonly service: string; readonly fail: (response: ServerResponse) => void } | undefined,
  };
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await buffer(request);
    const [, service = ''] = /\/([a-z]+)\/aws4_request/.exec(request.headers.authorization ?? '') ?? [];
    services.add(service);
    if (gateway.broken?.service === service) {
      gateway.broken.fail(response);
      return;
    }
    const { host: _, connection: _connection, 'content-length': _length, ...headers } = request.headers;
    const answer = await fetch(awsUrl, { method: 'POST', headers: headers as Record<string, string>, body });
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(Buffer.from(await answer.arrayBuffer()));
  };
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  gateway.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(gateway, {
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
    },
  });
}

const config = adoptServers(loadConfig('test/support/full.jsonc')).config;
const [monitored] = monitoredOrgs(config);
if (!monitored) throw new Error('the configuration has no org');
const events = probeEvents(monitored).map((event) => ({ ...event, org: { ...event.org, timeoutMs: 3_000 } }));
const timeoutMs = Math.max(...events.map(({ org, group }) => functionTimeoutMs(org.timeoutMs, waitMsOf(org, group))));

let emulated: EmulatedOrgs;
let alarms = 0;
let eventOf: (entry: Entry, service: string) => object;
beforeAll(async () => {
  emulated = await EmulatedOrgs.start(events.map(({ org }) => org));
  await emulated.aws.tables.create('state', { partition: 'org', sort: 'item' });
  eventOf = (entry, service) => {
    const event = events.find(({ group }) => group === entry);
    emulated.beginMinute();
    if (event) return emulated.eventOf(event.org).event;
    // It reads the history of an alarm, and an alarm that fires does not.
    if (service === 'monitoring') return { selfTest: true };
    // Another one each time, of which nothing was told before.
    alarms += 1;
    return snsEvent({ ...metricAlarm, AlarmName: `okta-synthetics/org${alarms}/okta/page` });
  };
});
afterAll(() => emulated[Symbol.asyncDispose]());

const variables = {
  ...{ STATE_TABLE: 'state', DEPLOYMENT: 'okta-synthetics', GROUPS: 'flows', LOG_GROUPS: '/log', ROUTE: 'page' },
  ...{ PEOPLE_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:people', OUTLETS_PAGE: 'pagerduty' },
  ...{ RUNBOOK: 'docs/runbook.md', DASHBOARD: 'okta-synthetics' },
};

/** A run's report about a failing service: a finding, a gap of a message, or an error that an alarm counts. */
const told: Readonly<Record<string, RegExp>> = {
  secretsmanager: /"secret-unreadable"/,
  dynamodb: /"state-refused"|state table could not be read|TimeoutError|socket hang up/,
  monitoring: /"metrics-refused"|history could not be read|"_aws"/,
  sns: /a message could not be sent: .*Error/,
  events: /a message could not be sent: pagerduty: .*Error/,
};

// They wait more than they work, so they run at the same time.
describe.concurrent('a service of AWS that fails while a function needs it', () => {
  const needed = new Set<string>();

  it.each(entries)('neither ends the run nor is hidden: %s', async (entry) => {
    await using gateway = await startGateway(emulated.aws.url);
    const access = { ...emulated.access, awsEndpoint: gateway.url };
    await using lambda = startFunction(bundle(entry).file, { ...access, variables });
    const planned = events.some(({ group }) => group === entry) ? planOf(monitored, entry as Group) : [];
    // Secrets first: once they are read, they are cached.
    for (const service of Object.keys(told)) {
      for (const [how, fail] of Object.entries(failures)) {
        gateway.broken = { service, fail };
        // Like Lambda, this kills a function that takes longer.
        const { length } = emulated.aws.published;
        const result = await lambda.invoke(eventOf(entry, service), timeoutMs);
        if (!gateway.services.has(service)) break;
        needed.add(service);
        const where = `${service} ${how}`;
        const said = 'error' in result ? result.error : JSON.stringify(result.value ?? '');
        expect(said, where).not.toMatch(/Task timed out|process ended/);
        const messages = JSON.stringify(emulated.aws.published.slice(length));
        expect(`${said} ${result.lines.join('\n')} ${messages}`, where).toMatch(told[service] ?? /unknown service/);
        if (planned.length === 0) continue;
        const outcomes = reportedIn('value' in result ? result.value : []);
        expect(outcomes, where).toEqual(
          enabledProbes(planned)
            .map(({ probe }) => probe.id)
            .toSorted(),
        );
      }
    }
    for (const service of gateway.services) expect(Object.keys(told)).toContain(service);
  });

  afterAll(() => expect([...needed].toSorted()).toEqual(Object.keys(told).toSorted()));
});

/** The probes that a run has an outcome of, once for each target. */
function reportedIn(value: unknown): readonly string[] {
  const lines = [value].flat() as readonly { readonly type?: string; readonly probe: string }[];
  return lines.flatMap(({ type, probe }) => (type === 'outcome' ? [probe] : [])).toSorted();
}
