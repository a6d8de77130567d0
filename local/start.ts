/**
 * Shows the product working, with no account and no network: `npm start`.
 *
 * Builds the functions, starts an embedded Okta and runs the configured watch once through the built bundles, with AWS
 * on loopback. Exits with 0 when every probe passed, with 1 when one failed or the monitor did, with 2 for a wrong flag.
 * With `--case` something goes wrong on purpose, and it exits with 0 when the monitor named that rightly.
 */
import { parseArgs, styleText } from 'node:util';
import { type Group, groups } from '../functions/model/probe.ts';
import { bundle } from '../lib/bundle.ts';
import { loadConfig } from '../lib/config/load-config.ts';
import { watchedOrgs } from '../lib/watched-org.ts';
import { chooseCell, NoSuchCell } from './cases/choose-cell.ts';
import { placeOf } from './cases/place.ts';
import { type Rehearsal, rehearse } from './rehearse.ts';
import { formatRehearsal } from './report.ts';
import { runCommand } from './run-command.ts';

const usage = `Usage: npm start -- [--config <path>] [--case <id>] [--json]

  --config <path>  the configuration to rehearse (default: the commented example)
  --case <id>      let something go wrong: C2, or at one place C2@token@org
  --json           print one JSON document instead of text
  --help           print this
`;

const options = {
  config: { type: 'string', default: 'lib/config/example.jsonc' },
  case: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const flags = () => parseArgs({ options }).values;
type Flags = ReturnType<typeof flags>;

/** Progress is for people: on stderr, so that what a script reads stays clean. */
function progress(what: string): void {
  process.stderr.write(`${styleText('dim', '…', { stream: process.stderr })} ${what}\n`);
}

function build(): Record<Group, string> {
  progress('building the functions');
  return Object.fromEntries(groups.map((group) => [group, bundle(group).file])) as Record<Group, string>;
}

function toJson({ orgs, calls, points, faults, staged }: Rehearsal): string {
  const described = orgs.map(({ org, plan, outcomes, findings, requests }) => ({
    name: org.name,
    domain: org.domain,
    outcomes,
    findings,
    off: plan.flatMap(({ probe, target, off }) => (off ? [{ ...target, probe: probe.id, because: off }] : [])),
    requests,
  }));
  const met = staged && {
    ...{ id: staged.case.id, title: staged.case.title, at: placeOf(staged.cell.site), wire: staged.cell.wire },
    ...{ expected: staged.cell.expected, ...staged.verdict },
  };
  return JSON.stringify({ ...(met && { case: met }), orgs: described, calls, metrics: points, faults }, null, 2);
}

async function start({ config: path, case: id, json }: Flags): Promise<number> {
  const config = loadConfig(path);
  const staged = id === undefined ? undefined : chooseCell(id, watchedOrgs(config));
  const bundles = build();
  const rehearsal = await rehearse(config, (group) => bundles[group], progress, staged);
  process.stdout.write(`${json ? toJson(rehearsal) : formatRehearsal(rehearsal)}\n`);
  if (rehearsal.staged) return rehearsal.staged.verdict.right ? 0 : 1;
  const failed = rehearsal.orgs.some(({ outcomes }) => outcomes.some(({ status }) => status === 'failed'));
  return failed || rehearsal.faults.length > 0 ? 1 : 0;
}

/** A case that cannot be staged is a mistake in the call, but its list of cases says more than the usage. */
async function run(flags: Flags): Promise<number> {
  try {
    return await start(flags);
  } catch (error) {
    if (!(error instanceof NoSuchCell)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

await runCommand({ usage, flags, run });
