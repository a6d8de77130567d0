import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mostBytes } from '../../../functions/widget.ts';
import { bundle } from '../../../lib/functions/bundle.ts';
import { respond } from '../../../local/lab/scenarios/faults/answers.ts';
import { atEach, token } from '../../../local/lab/scenarios/targets.ts';
import { Simulation } from '../../../local/lab/simulation/simulation.ts';
import { errorEnvelope } from '../../../packages/okta-emulator/src/index.ts';
import { openCanaries } from '../../support/canaries.ts';
import { foreignMarkup, parseHtml, rowsOf } from '../../support/parse-html.ts';
import { samples } from '../../support/synthesized.ts';

const minuteMs = 60_000;

/** Each answer of the built widget, at a time of one simulation. */
const answers = new Map<string, string>();
let simulation: Simulation;

async function ask(name: string, params?: object, theme = 'light') {
  const { now } = simulation;
  const timeRange = { mode: 'absolute', start: now - 60 * minuteMs, end: now };
  const { value, error } = await simulation.invoke('widget', { widgetContext: { params, theme, timeRange } });
  if (typeof value !== 'string') throw new Error(`the widget answered ${error ?? typeof value}`);
  answers.set(name, value);
}

const tick = async (minutes: number) => {
  for (let minute = 0; minute < minutes; minute += 1) await simulation.tick();
};

/** The widget has a curve for the latency of each of the probes that it looks at, and one for each server. */
const latencySeries = 4;

/** One simulation: healthy, then an outage of the token endpoints, then nothing runs. The tests read what the widget said. */
beforeAll(async () => {
  simulation = await Simulation.open({
    template: JSON.parse(samples.example?.text ?? ''),
    bundleOf: (entry) => bundle(entry).file,
  });
  await ask('before the first run');
  await tick(5);
  await ask('healthy, one org', { org: 'acme' }, 'dark');
  // A busy machine leaves late readings out.
  for (let more = 0; more < 30 && curvesOf('healthy, one org').length < latencySeries; more += 1) {
    await tick(1);
    await ask('healthy, one org', { org: 'acme' }, 'dark');
  }
  await ask('healthy, all orgs');
  await ask('an org that nobody knows', { org: '<b>nobody</b>' });
  // The case O1.
  const outage = await simulation.inject('acme', atEach(token, respond(errorEnvelope('E0000009'))));
  await tick(1);
  await ask('the first failed run', { org: 'acme' });
  await tick(4);
  await ask('outage, all orgs');
  await ask('outage, one org', { org: 'acme' });
  await outage.restore();
  const denied = { status: 400, type: 'AccessDeniedException', message: 'arn:secret-name' };
  const restoreMetrics = simulation.aws.injectFault('GetMetricData', denied);
  await ask('metrics denied', { org: 'acme' });
  restoreMetrics();
  const throttled = { status: 400, type: 'ProvisionedThroughputExceededException', message: 'slow down' };
  const restoreTable = simulation.aws.injectFault('Scan', throttled);
  await ask('table throttled');
  restoreTable();
  simulation.disable('acme-flows');
  simulation.disable('acme-limits');
  simulation.disable('acme-status');
  await tick(20);
  await ask('nothing runs', { org: 'acme' });
});
afterAll(() => simulation?.[Symbol.asyncDispose]());

const said = (name: string) => answers.get(name) ?? expect.fail(`the widget was not asked: ${name}`);
const curvesOf = (name: string) =>
  parseHtml(said(name)).elements.filter(({ attributes }) => attributes.class === 'curve');
const textOf = (name: string) => parseHtml(said(name)).text;
const rowOf = (name: string, probe: string) => rowsOf(said(name)).get(probe);

describe('the deployed widget', () => {
  it('says that all is well, how many checks pass and how long each took', () => {
    for (const name of ['healthy, all orgs', 'healthy, one org'])
      expect(textOf(name)).toMatch(/✓ Well.*All well: \d+ checks pass\./);
    expect(rowOf('healthy, one org', 'token')).toMatch(/^token flowsnot checked here(✓ passed( \d+ ms)?){2}$/);
  });

  it('has the latency of the last minutes, the rate limits with our share, and what expires', () => {
    const { text } = parseHtml(said('healthy, one org'));
    const curves = curvesOf('healthy, one org');
    expect(curves).toHaveLength(latencySeries);
    for (const { attributes } of curves) expect(attributes.d).toMatch(/^(M[\d.]+ [\d.]+h1(L[\d.]+ [\d.]+)*)+$/);
    expect(rowOf('healthy, one org', '/oauth2/{id}/v1/token')).toMatch(/\d+ %(less than 1|\d+) %$/);
    expect(text).toMatch(/The lowest headroom of all: \d+ %/);
    expect(text).toMatch(/the certificate of the org's domain: \d+ days left/);
  });

  it('blames no one after one failed run, because that is no alarm yet', () => {
    expect(textOf('the first failed run')).toMatch(
      /… Watching No alarm yet: apps get no tokens at 2 servers since \d\d:\d\d UTC \(1 min\)\./,
    );
    expect(rowOf('the first failed run', 'token')).toMatch(/(✕ failed( \d+ ms)?Okta 500){2}$/);
  });

  it('says during an outage who must act, since when and where, with the message that people got', () => {
    const sentence = /✕ Page ?Okta must act: apps get no tokens at 2 servers since \d\d:\d\d UTC \(5 min\)\./;
    expect(textOf('outage, all orgs')).toMatch(sentence);
    expect(textOf('outage, one org')).toMatch(sentence);
    expect(textOf('outage, one org')).toMatch(
      /Okta 500 internal-error\d\d:\d\d UTCOkta must acttoken@org, token@defaultpage, told at/,
    );
    expect(rowOf('outage, one org', 'organization')).toContain('✓ passed');
    const strips = parseHtml(said('outage, one org')).elements.flatMap(
      ({ attributes }) => attributes['aria-label'] ?? [],
    );
    expect(strips).toContainEqual(
      expect.stringMatching(/^The last 60 runs, one in a minute: 5 failed, \d+ passed, \d+ unknown$/),
    );
  });

  it('links the incident to its alarm, the log and the runbook', () => {
    const { elements, text } = parseHtml(said('outage, one org'));
    const links = elements.flatMap(({ attributes: { href = '' } }) =>
      href.includes('console.aws.amazon.com') ? [href] : [],
    );
    expect(links).toEqual([
      expect.stringContaining('#alarmsV2:alarm/okta-synthetics%2Facme%2Fokta%2Fpage'),
      expect.stringContaining('log-group/$252Faws$252Flambda$252Fokta-synthetics-flows'),
    ]);
    expect(text).toContain('runbook.md#internal-error');
  });

  it('says that nothing is known when nothing has run, and of an org that never ran', () => {
    expect(textOf('before the first run')).toContain('0 orgs');
    expect(textOf('nothing runs')).toMatch(/\? Unknown Unknown: nothing has run since \d\d:\d\d UTC\./);
    expect(rowOf('nothing runs', 'token')).toMatch(/(\? late, last at \d\d:\d\d UTC.*){2}$/);
    expect(textOf('an org that nobody knows')).toContain('<b>nobody</b>? Unknown Unknown: no run has left anything');
  });

  it('says by its name which error of AWS hides something, and shows the rest', () => {
    expect(textOf('metrics denied')).toContain("CloudWatch's metrics could not be read: AccessDeniedException.");
    expect(textOf('metrics denied')).toContain('Okta must act');
    expect(textOf('table throttled')).toBe(
      'The state table could not be read: ProvisionedThroughputExceededException.',
    );
    expect(said('metrics denied')).not.toContain('secret-name');
  });

  it('answers with our own markup only, in the theme of the console and far below the size limit', () => {
    for (const [name, answer] of answers) {
      expect([name, foreignMarkup(answer)]).toEqual([name, []]);
      expect(Buffer.byteLength(answer)).toBeLessThan(mostBytes / 4);
    }
    expect(said('healthy, one org')).toContain('color-scheme:dark');
    expect(said('healthy, all orgs')).toContain('color-scheme:light');
  });

  it('shows no secret of the org', () => {
    const canaries = openCanaries();
    const { okta } = simulation.environment('acme');
    canaries.add('the client secret', okta.clients.secret.clientSecret);
    canaries.add('the key', okta.clients.service.privateJwk.d);
    canaries.add('the API token', okta.apiToken);
    expect(canaries.leaksIn([...answers.values()].join('\n'))).toEqual([]);
  });

  it('describes itself in Markdown', async () => {
    const { value } = await simulation.invoke('widget', { describe: true });
    expect(value).toMatch(/^## [\s\S]*``` yaml\norg: acme\n```/);
  });
});
