import { readFileSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Agent, fetch } from 'undici';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { tooLong } from '../support/run-command.ts';
import { makeSchedules, readAssembly, removeSchedules } from './passed-over.ts';
import { type Answers, type Finished, freshClone, readmeCommands, Shell } from './readme.ts';
import { isMotoInstalled, type Moto, startMoto } from './start-moto.ts';

/** The sections with console blocks, in the order in which a person follows them. */
const sections = ['See it work', 'Verify it before you deploy', 'From nothing to a watched org', 'Deploy'];

const commands = readmeCommands();
const inReadme = sections.flatMap((section) => commands.get(section) ?? []);

const setup = 'npm run setup -- --domain acme.okta.com';
const check = 'npm run check -- --config my.jsonc';
const checkDomain = 'npm run check -- --domain acme.okta.com';
const checkToken = `${checkDomain} --token --audience api://default --scopes orders.read`;
const doctor = 'npm run doctor -- --config my.jsonc';
const bootstrap = 'npx cdk bootstrap';
const deploy = 'npm run deploy -- --context config=my.jsonc';
const destroy = 'npx cdk destroy --all --context config=my.jsonc';
const remove = `${setup} --remove`;

/** The commands of the path, in order. A command that the README repeats is run once. */
const run = [setup, check, bootstrap, doctor, deploy, checkDomain, checkToken, destroy, remove];

/** What is not run here, each with the reason. */
const notRun: Readonly<Record<string, string>> = {
  'npm ci && npm start': 'the packages come from a registry; .ci/run runs both on a fresh clone',
  'npm ci': 'the packages come from a registry; .ci/run runs it on a fresh clone',
  'npm run drill': 'takes minutes; one case with the configuration that set-up wrote stands for it, .ci/full runs all',
  'npm run check -- --config my.jsonc --from lambda':
    'the emulated AWS invokes no function; deploy.test.ts has its error',
  'docker build -f local/self-hosted/Containerfile -t okta-synthetics-watch .': 'needs a Docker daemon',
  'docker run --init -v ./config:/config:ro -v okta-synthetics:/data okta-synthetics-watch': 'needs a Docker daemon',
  [`${deploy} --require-approval never --concurrency 8`]: 'terminal.test.ts runs it with further stacks',
};

test('each console block of the README is run in this order, or is not for a reason', () => {
  expect([...commands].filter(([, { length }]) => length > 0).map(([section]) => section)).toEqual(sections);
  expect([...new Set(inReadme)].filter((command) => !(command in notRun))).toEqual(run);
  expect(Object.keys(notRun).filter((command) => !inReadme.includes(command))).toEqual([]);
});

const why = isMotoInstalled ? '' : " (skipped: moto_server is not installed, pip install 'moto[server,all]')";

describe.skipIf(!isMotoInstalled)(`the path of the README${why}`, () => {
  let moto: Moto;
  let okta: OktaEmulator;
  let folder: string;
  let shell: Shell;
  /** How many seconds each command took. */
  const took = new Map<string, number>();

  beforeAll(async () => {
    [moto, okta] = await Promise.all([startMoto(), startOktaEmulator()]);
  });
  afterAll(() => Promise.all([okta.close(), moto[Symbol.asyncDispose]()]));
  beforeEach(async () => {
    folder = await freshClone();
    writeFileSync(path.join(folder, 'ca.pem'), okta.ca);
    shell = new Shell(folder, { ...moto.env, NODE_EXTRA_CA_CERTS: path.join(folder, 'ca.pem') });
    return () => rm(folder, { recursive: true });
  });

  const answers = (token = ''): Answers => [
    ["An administrator's API token", okta.adminToken],
    ['Which one is to be monitored?', 'default'],
    ['Which e-mail address should receive alerts?', 'on-call@example.com'],
    ['Do this? [y/N] ', 'y'],
    ['(y/n)', 'y'],
    ['Token (not shown): ', token],
  ];

  const here = (command: string) => {
    // A person is slower than a minute's rate limit.
    okta.resetRateLimits();
    return command.replace('acme.okta.com', okta.domain);
  };

  /** Runs a command of the README at a terminal. Fails with all of its output, which says what is missing. */
  async function green(command: string, token?: string): Promise<Finished> {
    const from = performance.now();
    const done = await shell.inTerminal(here(command), answers(token), 80);
    const seconds = (performance.now() - from) / 1000;
    took.set(command, seconds);
    process.stdout.write(`${Math.round(seconds)} s: ${command}\n`);
    expect(done.code, `${command}\n${done.output}`).toBe(0);
    return done;
  }

  /** A token as a service gets it. The README's scope stands for one that the org has. */
  async function serviceToken() {
    const { clientId, clientSecret, scopes } = okta.clients.secret;
    const dispatcher = new Agent({ connect: { ca: okta.ca } });
    const response = await fetch(`${okta.origin}/oauth2/default/v1/token`, {
      ...{ method: 'POST', dispatcher },
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: scopes[0] ?? '' }),
    });
    const { access_token } = (await response.json()) as { readonly access_token: string };
    await dispatcher.close();
    return { token: access_token, scope: scopes[0] ?? '' };
  }

  /** The seconds of the commands to a healthy org. `npm ci` comes before them. */
  const printTime = (...commands: readonly string[]) => {
    const seconds = commands.reduce((sum, command) => sum + (took.get(command) ?? Number.NaN), 0);
    process.stdout.write(`From a fresh clone, after npm ci: ${Math.round(seconds)} s to ${commands.at(-1)}\n`);
  };

  /** Checks an org from a folder without its configuration, which the deployed schedules have. */
  async function checkDeployed(name: string): Promise<void> {
    // moto's CloudFormation passes over schedules, and its Scheduler knows them.
    await makeSchedules(moto, readAssembly(path.join(folder, 'cdk.out')));
    const [file, aside] = ['my.jsonc', 'elsewhere.jsonc'].map((each) => path.join(folder, each)) as [string, string];
    await rename(file, aside);
    const { output } = await green(`npm run check -- --org ${name}`);
    expect(output).toContain('the configuration is that of the deployment okta-synthetics in AWS');
    expect(output).toContain('No problem.');
    expect(output.replaceAll(/\s+/g, ' ')).toContain('Next Check everything: npm run check');
    await green('npm run check');
    await rename(aside, file);
    await removeSchedules(moto);
  }

  const kinds = ['functions', 'topics', 'tables', 'dashboards'] as const;
  const standing = async () => (await Promise.all(kinds.map((kind) => moto.list(kind)))).flat();

  test.each([
    ['no option', ''],
    ['--test-user', ' --test-user'],
    ['--system-log', ' --system-log'],
    ['--health', ' --health'],
    ['all options', ' --test-user --system-log --health'],
  ])('is green at each step, from a fresh clone to nothing, with %s', { timeout: 1_800_000 }, async (_, options) => {
    const before = okta.snapshot();
    const made = await green(`${setup}${options}`);
    expect(made.output).toContain(`Next: ${check}`);
    const checked = await green(check);
    expect(checked.output).not.toContain('No one receives');
    expect(checked.output.replaceAll(/\s+/g, ' ')).toContain(`Next See whether it can be deployed: ${doctor}`);
    await green(bootstrap);
    expect((await green(doctor)).output.replaceAll(/\s+/g, ' ')).toContain(`→ Deploy it: ${deploy}`);
    await green(deploy);
    expect(await standing()).toContain('okta-synthetics-pages');
    expect(await green('npm run doctor')).toMatchObject({
      output: expect.stringMatching(/✓ stack +OktaSynthetics: \w+_COMPLETE/),
    });
    await green(checkDomain);
    const { token, scope } = await serviceToken();
    await green(checkToken.replace('orders.read', scope), token);

    const message = await green('npm start -- --config my.jsonc');
    const [pasted = 'the message has no command'] = /npm run check -- --org \S+ --probe \S+/.exec(message.output) ?? [];
    expect(await green(pasted)).toMatchObject({ output: expect.stringContaining('No problem.') });
    await checkDeployed(/--org (\S+)/.exec(pasted)?.[1] ?? '');
    const drill = 'npm run drill -- --config my.jsonc --case O1@token@default,K1@token@org';
    expect((await green(drill)).output).toContain(`Next: ${doctor}`);
    printTime(`${setup}${options}`, check);
    printTime(`${setup}${options}`, check, drill);

    await green(destroy);
    expect(await standing()).toEqual([]);
    // The address to alert is the person's own, so the file stays.
    expect((await green(remove)).output).toContain('rm my.jsonc');
    expect(okta.snapshot()).toEqual(before);
    expect(readFileSync(path.join(folder, 'my.jsonc'), 'utf8')).toMatch(/"orgs": \[\s*\]/);
  });

  test('is green again after a second set-up and a rotation, and says what is wrong with a flag', async () => {
    await green(setup);
    const written = readFileSync(path.join(folder, 'my.jsonc'), 'utf8');
    expect(await green(setup)).toMatchObject({ asked: 1, output: expect.stringMatching(/Done: \d+ as they were\./) });
    expect(readFileSync(path.join(folder, 'my.jsonc'), 'utf8')).toBe(written);
    await green(check);
    await green(`${setup} --rotate`);
    await green(check);

    const wrong = await shell.inTerminal(here(`${setup} --test-users`), answers(), 80);
    expect(wrong).toMatchObject({ code: 2, asked: 0 });
    expect(wrong.output).toContain('--test-user');
    await green(remove);
  });

  test('fits 80 columns at a terminal, and has no colour in a file', async () => {
    await green(setup);
    for (const command of [check, doctor]) {
      const { output } = await green(command);
      expect(tooLong(output.replaceAll('\r', ''), 80)).toEqual([]);
      const file = path.join(folder, 'output.txt');
      expect(await shell.piped(`${here(command)} > ${file} 2>&1`)).toMatchObject({ code: 0 });
      const text = readFileSync(file, 'utf8');
      expect(text).toContain('Verdict');
      expect(text).toBe(stripVTControlCharacters(text));
      expect(tooLong(text, 80)).toEqual([]);
    }
    await green(remove);
  });
});
