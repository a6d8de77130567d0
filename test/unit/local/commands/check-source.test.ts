import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { probeEvents } from '../../../../lib/functions/probe-event.ts';
import { monitoredOrgs } from '../../../../lib/monitored-org.ts';
import { AccountError } from '../../../../local/commands/aws-problem.ts';
import { readDeployedOrgs, type ScheduleReader } from '../../../../local/commands/check/deployed-orgs.ts';
import { findSource, type SourceOptions } from '../../../../local/commands/check/source.ts';

const file = 'test/support/full.jsonc';
const configured = monitoredOrgs(loadConfig(file));
const names = configured.map(({ org }) => org.name);
const [first = ''] = names;

/** An account in which the orgs of the file are deployed. */
const account: ScheduleReader = {
  async schedules(deployment) {
    if (deployment !== 'okta-synthetics')
      throw new AccountError('refused', { cause: Object.assign(new Error(), { name: 'ResourceNotFoundException' }) });
    const ofOrgs = configured.flatMap((each) => probeEvents(each).map(({ group }) => `${each.org.name}-${group}`));
    return ['sweep', 'notify-page-self-test', ...ofOrgs].map((name) => ({ name, isEnabled: true, lambda: 'any' }));
  },
  async inputOf(_, schedule) {
    const all = configured.flatMap((each) => probeEvents(each));
    const event = all.find(({ group, org }) => schedule === `${org.name}-${group}`);
    return JSON.stringify({ ...event?.org, schedule: { intervalMinutes: event?.intervalMinutes, attempt: '<a>' } });
  },
};

describe('the orgs of a deployment', () => {
  it('are read from its schedules, and give each group the event that it has', async () => {
    const deployed = await readDeployedOrgs(account, 'okta-synthetics');
    expect(deployed.map(({ org }) => org.name)).toEqual(names);
    expect(deployed.map(probeEvents)).toEqual(configured.map(probeEvents));
    expect(deployed.map(({ plan }) => plan.length)).toEqual(configured.map(({ plan }) => plan.length));
  });

  it('are those that are asked for', async () => {
    const deployed = await readDeployedOrgs(account, 'okta-synthetics', [first]);
    expect(deployed.map(({ org }) => org.name)).toEqual([first]);
  });
});

/** A file with an org of another name. */
function otherFile(): string {
  const other = path.join(mkdtempSync(path.join(tmpdir(), 'okta-synthetics-source-')), 'other.jsonc');
  const orgs = [{ name: 'other', domain: 'other.okta.com', servers: [{ id: 'org' }] }];
  writeFileSync(other, JSON.stringify({ orgs }));
  return other;
}

const source = (options: SourceOptions, reader: ScheduleReader = account) =>
  findSource({ find: () => undefined, ...options }, async () => reader);

describe('the source of a check that was pasted from a message', () => {
  it('is the file that is found, if that has the org', async () => {
    const found = await source({ orgs: [first], find: () => file });
    expect(found).toMatchObject({ config: file, deployment: 'okta-synthetics' });
  });

  it.each([
    ['without a file', () => undefined],
    ['if the file that is found has other orgs', () => otherFile()],
  ])('is the deployment, %s', async (_, find) => {
    const found = await source({ orgs: [first], find });
    expect(found).toMatchObject({ isDeployed: true, deployment: 'okta-synthetics' });
    expect(found.orgs.map(({ org }) => org.name)).toEqual([first]);
  });

  it('is the deployment that is named, and not the file of another one', async () => {
    await expect(source({ orgs: [first], deployment: 'eu', find: () => file })).rejects.toThrow(
      `${file} has ${names.join(', ')} of the deployment okta-synthetics, and the deployment eu in AWS does not have the org ${first}.`,
    );
  });

  it('is missing, and one line says what to add', async () => {
    const withoutCredentials: ScheduleReader = {
      ...account,
      async schedules() {
        throw new AccountError('refused', { cause: Object.assign(new Error(), { name: 'CredentialsProviderError' }) });
      },
    };
    const error = await source({ orgs: ['x'] }, withoutCredentials).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(/Add --config <path> .* or --domain <host> .*there are no AWS credentials/);
    expect(String(error)).not.toContain('\n');
  });
});
