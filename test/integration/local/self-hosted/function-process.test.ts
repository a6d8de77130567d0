import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startFunction, startFunctionThread } from '../../../../local/self-hosted/lambda/function-process.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-test-'));
  await writeFile(path.join(directory, 'none.pem'), '');
});
afterAll(() => rm(directory, { recursive: true }));

let files = 0;

/** Starts a function with this body. */
async function startBody(startIt: typeof startFunction, body: string, variables: Record<string, string> = {}) {
  files += 1;
  const file = path.join(directory, `${files}.mjs`);
  await writeFile(file, `const say = (line) => process.stdout.write(line + '\\n');\n${body}`);
  return startIt(file, {
    awsEndpoint: 'http://localhost:1',
    caFile: path.join(directory, 'none.pem'),
    variables,
  });
}

describe.each([
  ['process', startFunction],
  ['thread', startFunctionThread],
] as const)('the %s of a function', (_, startIt) => {
  const start = (...body: [body: string, variables?: Record<string, string>]) => startBody(startIt, ...body);

  it('stays warm, and each result has the log lines of its event', async () => {
    await using lambda = await start(
      'let runs = 0;\nexport const handler = async (event) => { say(event); runs += 1; return runs; };',
    );
    expect(await lambda.invoke('one')).toEqual({ value: 1, lines: ['one'] });
    expect(await lambda.invoke('two')).toEqual({ value: 2, lines: ['two'] });
  });

  it('has the variables of the template, with AWS on loopback', async () => {
    const body = 'export const handler = async () => [process.env.AUDIENCE, process.env.AWS_ENDPOINT_URL];';
    await using lambda = await start(body, { AUDIENCE: 'page', AWS_ENDPOINT_URL: 'https://elsewhere' });
    expect(await lambda.invoke({})).toMatchObject({ value: ['page', 'http://localhost:1'] });
  });

  it('ends a run that times out, and keeps what it logged', async () => {
    await using lambda = await start(
      'export const handler = (event) => { say(event); return event === "stay" ? new Promise(() => {}) : Promise.resolve(); };',
    );
    await lambda.invoke('go');
    expect(await lambda.invoke('stay', 300)).toEqual({ lines: ['stay'], error: 'Task timed out after 0.30 seconds' });
    expect(lambda.alive).toBe(false);
  });

  it('reports an error when it crashes, and for every event after that', async () => {
    await using lambda = await start('export const handler = async () => { say("last words"); process.exit(3); };');
    const result = await lambda.invoke({});
    expect(result).toMatchObject({ error: expect.stringContaining("the function's process ended with 3") });
    expect(result.lines).toEqual(['last words']);
    expect(await lambda.invoke({})).toHaveProperty('error');
  });

  it('says why when it cannot load its code', async () => {
    await using lambda = await start("throw new Error('no settings');");
    expect(await lambda.invoke({})).toMatchObject({ error: expect.stringContaining('no settings') });
  });

  it('has the clock that an event asks for, while its timers run in real time', async () => {
    const body = `export const handler = async () => {
      const before = [Date.now(), new Date().getTime(), Date.parse(Date())];
      await new Promise((resolve) => setTimeout(resolve, 20));
      return { before, passed: Date.now() - before[0], other: new Date(0).toISOString(), is: new Date() instanceof Date };
    };`;
    await using lambda = await start(body);
    const hour = 3_600_000;
    const expected = Date.now() + hour;
    const { value } = (await lambda.invoke({}, 5_000, { clockAheadMs: hour })) as {
      value: { before: number[]; passed: number; other: string; is: boolean };
    };
    for (const time of value.before) expect(Math.abs(time - expected)).toBeLessThan(5_000);
    expect(value).toMatchObject({ other: '1970-01-01T00:00:00.000Z', is: true });
    expect(value.passed).toBeLessThan(5_000);
  });

  it('can be stopped during a run', async () => {
    const lambda = await start('export const handler = () => new Promise(() => setInterval(() => {}, 1_000));');
    const running = lambda.invoke({});
    await lambda.stop();
    expect(await running).toHaveProperty('error');
  });
});
