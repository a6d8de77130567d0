import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findingsOf } from '../../../functions/model/outcome.ts';
import { authorize } from '../../../functions/probes/authorize.ts';
import { signInAssets } from '../../../functions/probes/sign-in-assets.ts';
import { openMemory } from '../../../functions/state/memory.ts';
import {
  type Effect,
  emptyResponse,
  type OktaEmulator,
  redirectResponse,
  startOktaEmulator,
} from '../../../packages/okta-emulator/src/index.ts';
import { outcomeOf, runProbes } from '../../support/run-probes.ts';

let okta: OktaEmulator;
let undo: (() => void)[] = [];
let time: number;

beforeAll(async () => {
  okta = await startOktaEmulator();
});
afterAll(() => okta.close());
beforeEach(() => {
  for (const each of undo) each();
  undo = [];
  okta.clearRequests();
  time = Date.now();
});

const assetsAsked = () => okta.requests.filter(({ path }) => path.startsWith('/assets/')).length;
const during = (path: RegExp, effect: Effect) => undo.push(okta.intercept({ path }, effect));
const newMemory = () => openMemory(undefined, () => time)('acme');
const run = async (memory = newMemory()) =>
  outcomeOf(await runProbes(okta, [authorize, signInAssets], { memory, now: () => time }), 'sign-in-assets');

it('are requested at the first run and each quarter of an hour, without a cookie', async () => {
  const memory = newMemory();
  expect(await run(memory)).toMatchObject({ status: 'passed', notes: ['2 scripts and styles load'], warnings: [] });
  expect(assetsAsked()).toBe(2);
  time += 14 * 60_000;
  await run(memory);
  expect(assetsAsked()).toBe(2);
  time += 60_000;
  await run(memory);
  expect(assetsAsked()).toBe(4);
});

it('are requested in each run while one does not load, and the evidence is its request', async () => {
  during(/\.js$/, emptyResponse(404));
  const memory = newMemory();
  for (let minute = 0; minute < 2; minute++) {
    const outcome = await run(memory);
    expect(findingsOf(outcome)).toMatchObject([{ code: 'sign-in-assets-failing', domain: 'okta', severity: 'page' }]);
    expect(outcome.exchanges.at(-1)).toMatchObject({ status: 404 });
    expect(outcome.exchanges.at(-1)?.url).toMatch(/okta-sign-in\.min\.js$/);
    time += 60_000;
  }
});

it.each([400, 500])('of a page that answers %i are not checked: that is the failure', async (status) => {
  undo.push(okta.intercept({ path: /authorize$/, when: ({ query }) => !query.has('prompt') }, emptyResponse(status)));
  expect(await run()).toMatchObject({ status: 'failed' });
  expect(assetsAsked()).toBe(0);
});

it('are not checked where the sign-in leads to another identity provider', async () => {
  const elsewhere = redirectResponse('https://login.example.com/');
  undo.push(okta.intercept({ path: /authorize$/, when: ({ query }) => !query.has('prompt') }, elsewhere));
  expect(await run()).toMatchObject({
    ...{ status: 'passed', warnings: [] },
    notes: ['not checked: the sign-in leads to login.example.com'],
  });
});

it('are skipped where authorization fails', async () => {
  during(/authorize$/, emptyResponse(500));
  expect(await run()).toMatchObject({ status: 'skipped' });
});
