import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

/** Runs the CDK app as the cdk command does. */
async function synth(config: string, more: object = {}, variables: object = {}) {
  const directory = await mkdtemp(path.join(tmpdir(), 'synth-'));
  const { context } = JSON.parse(await readFile('cdk.json', 'utf8'));
  const env = {
    ...process.env,
    ...variables,
    CDK_OUTDIR: directory,
    // The cdk command adds the last one. With it, a template names the templates that are nested in it.
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...more, config, 'aws:cdk:enable-asset-metadata': true }),
  };
  const { stderr, code } = await run(process.execPath, ['lib/app.ts'], { env }).then(
    (done) => ({ ...done, code: 0 }),
    (failed: { stderr: string; code: number }) => failed,
  );
  return { directory, stderr, code };
}

/** Where git does not know a published commit. */
const noRunbook = /Messages will not link to the runbook: set alerts\.runbook /;
/** The text that the CDK adds to each warning, and the file with all of them. */
const ofWarning = /^(WARNING .*| {3}.*|A copy of this report .*|)$/;

it('npm run deploy ends before the synthesis with the example, and without AWS credentials', async () => {
  const deploying = { npm_lifecycle_event: 'deploy', CDK_DEFAULT_ACCOUNT: undefined };
  const file = path.join(await mkdtemp(path.join(tmpdir(), 'synth-')), 'my.jsonc');
  await writeFile(file, JSON.stringify({ orgs: [{ name: 'acme', domain: 'acme.okta.com' }] }));
  for (const [config, says] of [
    ['lib/config/example.jsonc', 'npm run deploy -- --context config=my.jsonc'],
    [file, 'There are no AWS credentials'],
  ] as const) {
    const { code, stderr } = await synth(config, {}, deploying);
    expect([code, stderr]).toEqual([1, expect.stringContaining(says)]);
  }
});

it('the example is synthesized, with a warning that it is one, and says what it costs', async () => {
  const { directory, stderr, code } = await synth('lib/config/example.jsonc');
  expect(code).toBe(0);
  const lines = stderr.trim().split('\n');
  const warnings = lines.filter((line) => line.startsWith('WARNING') && !noRunbook.test(line));
  expect(warnings).toEqual([expect.stringMatching(/^WARNING This is the shipped example: /)]);
  expect(lines.filter((line) => !ofWarning.test(line))).toEqual([
    expect.stringMatching(/^dollars per month +\d\d\.\d\d .*npm run cost shows each item$/),
    expect.stringMatching(/^custom metrics +\d+$/),
    expect.stringMatching(/^alarms +\d+$/),
    expect.stringMatching(/^invocations per month +[\d,]+$/),
    expect.stringMatching(/^requests to Okta per hour +\d+ .*rate limits$/),
  ]);
  const template = JSON.parse(await readFile(path.join(directory, 'OktaSynthetics.template.json'), 'utf8'));
  expect(Object.keys(template.Outputs)).toEqual(
    expect.arrayContaining(['DashboardUrl', 'TopicPages', 'TopicTickets', 'FunctionFlows']),
  );
});

it('an invalid configuration stops synth with its problems and without a stack trace', async () => {
  const config = path.join(await mkdtemp(path.join(tmpdir(), 'config-')), 'ours.jsonc');
  await writeFile(config, '{ "orgs": [{ "name": "acme", "domain": "https://acme.okta.com", "cells": 8 }] }');
  const { stderr, code } = await synth(config);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toEqual([
    `${config} has 2 problems:`,
    '  orgs[0].domain (line 1) must be a host without a scheme: remove https://.',
    '  orgs[0].cells (line 1) is not a valid key: did you mean "cell"?',
  ]);
});

it('alarms and messages link to the runbook that the configuration names, or else to the published one', async () => {
  const runbook = 'https://git.example.com/monitor/docs/runbook.md';
  const config = path.join(await mkdtemp(path.join(tmpdir(), 'config-')), 'ours.jsonc');
  const orgs = [{ name: 'acme', domain: 'acme.okta.com' }];
  await writeFile(config, JSON.stringify({ alerts: { runbook }, orgs }));
  const named = await synth(config);
  expect(named.stderr).not.toMatch(noRunbook);
  expect(await readFile(path.join(named.directory, 'OktaSynthetics.template.json'), 'utf8')).toContain(`${runbook}#`);
  await writeFile(config, JSON.stringify({ orgs }));
  const { stderr, directory } = await synth(config);
  const template = await readFile(path.join(directory, 'OktaSynthetics.template.json'), 'utf8');
  const isPublished = /https:\/\/[^"]+\/docs\/runbook\.md#/.test(template);
  expect(stderr.split('\n').some((line) => noRunbook.test(line))).toBe(!isPublished);
});

it("a permissions boundary and a bootstrap qualifier in cdk.json's context hold for every stack", async () => {
  const config = path.join(await mkdtemp(path.join(tmpdir(), 'config-')), 'ours.jsonc');
  const pages = [{ kind: 'pagerduty', secret: 'pagerduty' }];
  const org = { name: 'acme', domain: 'acme.okta.com', alerts: { pages } };
  await writeFile(config, JSON.stringify({ alerts: { pages }, orgStacks: 1, orgs: [org] }));
  const { code, directory } = await synth(config, {
    '@aws-cdk/core:permissionsBoundary': { name: 'developers' },
    '@aws-cdk/core:bootstrapQualifier': 'acme01',
  });
  expect(code).toBe(0);
  const files = (await readdir(directory)).filter((file) => /\.(template|assets)\.json$|^manifest\.json$/.test(file));
  const texts = await Promise.all(files.map((file) => readFile(path.join(directory, file), 'utf8')));
  expect(texts.filter((text) => text.includes('hnb659fds'))).toEqual([]);
  expect(texts.filter((text) => text.includes('cdk-acme01-')).length).toBeGreaterThan(0);
  const roles = texts
    .flatMap((text) => Object.values<{ Type: string; Properties: object }>(JSON.parse(text).Resources ?? {}))
    .filter(({ Type }) => Type === 'AWS::IAM::Role');
  expect(roles.length).toBeGreaterThan(6);
  for (const { Properties } of roles) {
    expect(JSON.stringify(Properties)).toMatch(/"PermissionsBoundary":\{[^}]*.{0,100}:policy\/developers"/);
  }
});
