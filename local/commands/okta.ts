/** Runs the Okta emulator alone, so that other clients can be tried against it: `npm run okta`. Stops on Ctrl-C. */
import { once } from 'node:events';
import path from 'node:path';
import { loadConfig } from '../../lib/config/load-config.ts';
import { monitoredOrgs } from '../../lib/monitored-org.ts';
import {
  cacheFolder,
  describeOrg,
  formatOrg,
  type KeptOrg,
  type OrgDescription,
  portInUse,
  startKeptOrg,
} from '../../packages/okta-emulator/src/index.ts';
import { serveCases } from '../lab/case-server.ts';
import { createCaseSwitch } from '../lab/case-switch.ts';
import type { MonitorFiles } from './check/kept-org.ts';
import { writeMonitorFiles } from './check/kept-org.ts';
import { defineCommand, integerOf, listOf, type Output, sharedOptions } from './command.ts';
import { bold, quoted } from './reporters/text.ts';

export const okta = defineCommand({
  name: 'okta',
  options: {
    port: {
      type: 'string',
      value: '<number>',
      default: '8443',
      help: 'the port on loopback; 0 takes a free one (default: 8443)',
    },
    case: { ...sharedOptions.case, help: 'fail as a case of npm run cases does: O1, O1@token@default' },
    fresh: { type: 'boolean', default: false, help: 'new CA, clients and keys, not those of the last start' },
    json: sharedOptions.json,
  },
  async run(values, output) {
    try {
      return await runOkta(values, output);
    } catch (error) {
      const message = portInUse(error, 'npm run okta -- --port 0');
      if (message === undefined) throw error;
      output.stderr.write(`${message}\n`);
      return 1;
    }
  },
});

interface Flags {
  readonly port: string;
  readonly case?: readonly string[] | undefined;
  readonly fresh: boolean;
  readonly json: boolean;
}

async function runOkta(values: Flags, { stdout }: Output): Promise<number> {
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const port = integerOf('port', values.port, 0, 65_534);
  const folder = path.join(cacheFolder(), 'okta-synthetics', 'okta-emulator');
  await using running = new AsyncDisposableStack();
  const org = await startKeptOrg(folder, port, values.fresh);
  running.use(org.okta);
  const files = writeMonitorFiles(folder, org.okta);
  const cases = createCaseSwitch(org.okta, monitoredOrgs(loadConfig(files.config)));
  await cases.select(listOf(values.case) ?? []);
  const { url } = running.use(await serveCases(cases, port === 0 ? 0 : port + 1));

  const description = describeOkta(org, files, { url, active: cases.active });
  stdout.write(
    values.json
      ? `${JSON.stringify(description, null, 2)}\n`
      : `${formatDescription(description, bold)}\n\nPress Ctrl-C to stop.\n`,
  );
  await stopped;
  return 0;
}

/** A running Okta emulator with the monitor's own commands, files and failures. */
export interface OktaDescription extends Omit<OrgDescription, 'files' | 'commands'> {
  readonly files: OrgDescription['files'] & MonitorFiles;
  /** The failures that happen now, and where to choose others. */
  readonly cases: { readonly url: string; readonly active: readonly string[] };
  /** Shell commands to paste. */
  readonly commands: OrgDescription['commands'] & Readonly<Record<'check' | 'setup' | 'fail' | 'mend', string>>;
}

export function describeOkta(org: KeptOrg, own: MonitorFiles, cases: OktaDescription['cases']): OktaDescription {
  const description = describeOrg(org);
  const { domain, adminToken } = description;
  const files = { ...description.files, ...own };
  const ca = `NODE_EXTRA_CA_CERTS=${quoted(files.ca)}`;
  return {
    ...description,
    files,
    cases,
    commands: {
      ...description.commands,
      check: `${ca} npm run check -- --config ${quoted(files.config)} --secrets ${quoted(files.secrets)}`,
      setup:
        `OKTA_API_TOKEN=${adminToken} ${ca} npm run setup -- --domain ${domain} ` +
        '--org local --server default --secrets local-secrets.json --dry-run',
      fail: `curl -X PUT ${cases.url}/O1@token@default`,
      mend: `curl -X DELETE ${cases.url}`,
    },
  };
}

/** The description as text. `title` may add colour. */
export function formatDescription(description: OktaDescription, title: (text: string) => string): string {
  const { active, url } = description.cases;
  return formatOrg(description, title, [
    ['Failures', ['now', active.length > 0 ? active.join(', ') : 'none'], ['choose', url]],
  ]);
}
