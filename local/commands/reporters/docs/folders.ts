import { markdownTable } from './markdown.ts';

/** A folder, its contents, and the folders that its code may import. Without `imports`, the rule of its parent applies. */
interface Folder {
  readonly folder: string;
  readonly contents: string;
  readonly imports?: readonly string[];
}

/** Every folder, in the order in which imports go: each imports only folders above it. The linter's rules follow from this. */
export const folders: readonly Folder[] = [
  { folder: 'functions/model', contents: 'the types of the vocabulary above, readers of JSON, and texts', imports: [] },
  {
    folder: 'functions/aws',
    contents:
      "the AWS SDK's clients for the operations that functions use, each call with a time limit; the secrets; EMF",
    imports: ['model'],
  },
  {
    folder: 'functions/okta',
    contents:
      "Okta's protocol as pure functions: endpoints, error formats, rate-limit headers, claims, callbacks, the status page, events of the System Log",
    imports: ['model'],
  },
  {
    folder: 'functions/findings',
    contents:
      'everything about findings: one entry for each with all its texts (`tables/`), the rules from evidence to a finding, blame, impact, the catalog of alarms and SLO arithmetic',
    imports: ['model', 'okta'],
  },
  {
    folder: 'functions/state',
    contents: 'the state table and its items: what runs, probes and messages keep',
    imports: ['model', 'aws', 'okta', 'findings'],
  },
  {
    folder: 'functions/journey',
    contents:
      'the sign-in of the test user, with either engine and by SAML: the browser, the steps, the count of its passwords',
    imports: ['model', 'aws', 'okta', 'findings', 'state'],
  },
  {
    folder: 'functions/probes',
    contents:
      'one file per probe. `index.ts` lists them; the plan, the series and the request budget follow from the list',
    imports: ['model', 'okta', 'findings', 'journey'],
  },
  {
    folder: 'functions/run',
    contents: 'side effects of a run: connections, credentials, the run itself, publishing, the handler',
    imports: ['model', 'aws', 'okta', 'findings', 'state', 'journey', 'probes'],
  },
  {
    folder: 'functions/notify',
    contents:
      'from an alarm and its evidence to a message; `pipeline.ts` has the stages in their order, `render/` the formats, `outlets.ts` the ways to send it',
    imports: ['model', 'aws', 'okta', 'findings', 'state'],
  },
  {
    folder: 'functions/board',
    contents: 'the state of an org, from its states to a sentence, a grid and HTML without a script',
    imports: ['model', 'aws', 'okta', 'findings', 'state'],
  },
  {
    folder: 'functions',
    contents: 'the entry points, one per bundle: a bundle per group of probes, `notify`, `sweep` and `widget`',
    imports: ['functions'],
  },
  {
    folder: 'lib',
    contents:
      'the CDK app. `OktaMonitor` is all of it, `monitor-stack.ts` is the stack around it, and `index.ts` is what the npm package exports',
    imports: ['functions'],
  },
  { folder: 'lib/config', contents: "the configuration's schema, and rules that involve several fields" },
  { folder: 'lib/functions', contents: 'functions, their permissions, bundles and schedules' },
  { folder: 'lib/orgs', contents: 'the stack of an org, and which stack holds it' },
  { folder: 'lib/limits', contents: "AWS's quotas, as numbers with their sources" },
  { folder: 'lib/alarms', contents: 'alarms, topics, maintenance windows, and the checks that every alarm must pass' },
  { folder: 'lib/dashboard', contents: 'the dashboard' },
  { folder: 'lib/cost', contents: 'the cost estimate' },
  {
    folder: 'packages/okta-emulator',
    contents:
      'an Okta org in one process: a package of its own, with its [README](../packages/okta-emulator/README.md) and tests',
    imports: [],
  },
  {
    folder: 'packages/cloudwatch-alarms',
    contents:
      "a template's alarms by CloudWatch's documented rules: a package of its own, with its [README](../packages/cloudwatch-alarms/README.md) and tests",
    imports: [],
  },
  {
    folder: 'local/self-hosted',
    contents:
      'the deployed system on one machine, from the synthesized template and the built bundles: functions, schedules, topics and alarms. `npm run watch` runs it in production',
    imports: ['functions', 'lib', 'packages'],
  },
  {
    folder: 'local/self-hosted/aws-emulator',
    contents: 'the AWS APIs that functions call, [emulated](../local/self-hosted/aws-emulator/README.md)',
    imports: ['packages'],
  },
  {
    folder: 'local/self-hosted/board',
    contents:
      'the board that a watch serves: its page, script and server. `functions/board` has the part that the widget shares',
  },
  {
    folder: 'local/self-hosted/history',
    contents: 'what a watch remembers, in SQLite: the tables, who writes them and who reads them',
  },
  {
    folder: 'local/lab',
    contents: 'runs cases and scenarios on a pool of workers and verifies the results',
    imports: ['functions', 'lib', 'packages', 'self-hosted'],
  },
  {
    folder: 'local/lab/simulation',
    contents: 'the self-hosted system in virtual time, with an emulated org and faults',
  },
  {
    folder: 'local/lab/scenarios',
    contents:
      'every failure as data: `cases/`, `faults/`, `scripted/`, past `incidents/`, and the deployment variants that scenarios need',
  },
  {
    folder: 'local/commands',
    contents:
      'the commands; `check/`, `doctor/`, `game-day/`, `report/`, `setup/` and `watch/` have what each does, `reporters/` what they print',
    imports: ['functions', 'lib', 'packages', 'self-hosted', 'lab'],
  },
  { folder: 'test/unit', contents: 'pure code. All files share one process' },
  { folder: 'test/integration', contents: 'TLS, processes, the CDK and the simulation' },
  { folder: 'test/e2e', contents: 'the commands as npm starts them' },
  { folder: 'test/browser', contents: 'the board in Chromium; skipped where there is none' },
  { folder: 'test/deploy', contents: 'the real CDK CLI against an emulated AWS API' },
  { folder: 'test/support', contents: 'what tests share' },
  {
    folder: 'test/fixtures',
    contents: 'recorded answers, and answers from documentation by which the diagnosis is judged',
  },
  {
    folder: 'test/bench',
    contents:
      '`npm run bench`: the parts that it measures, the reference server, other tools, and what it prints. [performance.md](performance.md) has the figures',
  },
];

export function foldersTable(): string {
  return markdownTable(
    ['folder', 'contents', 'imports'],
    folders.map(({ folder, contents, imports }) => [
      `\`${folder}\``,
      contents,
      imports === undefined ? '' : imports.length === 0 ? 'nothing of ours' : imports.join(', '),
    ]),
  );
}

/** The last part of a folder's path, by which others import it. */
const nameOf = (folder: string) => folder.slice(folder.lastIndexOf('/') + 1);
const isPackage = (folder: string) => folder.startsWith('packages/');

const withRules = folders.filter((each) => each.imports !== undefined);

/**
 * biome.json with one override for each folder that has a rule, in front of the overrides that people wrote.
 *
 * Trap: of the overrides that match a file, Biome takes the options of the last one whole.
 */
export function withFolderRules(biome: string): string {
  const parsed = JSON.parse(biome) as { overrides: { includes: readonly string[] }[] };
  const isGenerated = ({ includes: [first = ''] }: { includes: readonly string[] }) =>
    /^(functions|lib|local|packages)\//.test(first);
  const written = parsed.overrides.filter((override) => !isGenerated(override));
  const byDepth = withRules.toSorted((one, other) => depth(one.folder) - depth(other.folder));
  return `${JSON.stringify({ ...parsed, overrides: [...byDepth.map(ruleOf), ...written] }, null, 2)}\n`;
}

const depth = (folder: string) => folder.split('/').length;

function ruleOf({ folder, imports = [] }: Folder) {
  const message = `${folder} imports ${imports.length === 0 ? 'nothing of ours' : imports.join(', ')}: see docs/architecture.md.`;
  const options = { patterns: [{ group: forbidden(folder, imports), message }] };
  return {
    includes: [`${folder}/**`],
    linter: { rules: { style: { noRestrictedImports: { level: 'error', options } } } },
  };
}

function forbidden(folder: string, imports: readonly string[]): readonly string[] {
  const others = withRules
    .map((each) => each.folder)
    .filter((each) => isApart(each, folder) && !each.split('/').some((part) => imports.includes(part)));
  if (isPackage(folder)) return ['../../../**', ...others.filter(isPackage).map((each) => `**/${nameOf(each)}/**`)];
  return [
    // A folder within a room that has a rule of its own does not import the room's files either.
    ...(depth(folder) > 2 ? ['../*.ts'] : []),
    ...(folder.startsWith('functions') ? ['aws-cdk-lib', 'aws-cdk-lib/**', 'constructs'] : []),
    // Packages from npm have folders named lib, but no file of TypeScript there.
    ...new Set(others.map((each) => (each === 'lib' ? '**/lib/**/*.ts' : `**/${nameOf(each)}/**`))),
    ...(imports.includes('packages') ? ['**/packages/*/src/*', '!**/packages/*/src/index.ts'] : []),
  ];
}

/** Neither contains the other. */
const isApart = (one: string, other: string) =>
  one !== other && !one.startsWith(`${other}/`) && !other.startsWith(`${one}/`);
