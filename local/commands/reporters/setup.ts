import { oneLine } from '../../../functions/model/text.ts';
import { pastIncidents } from '../../lab/scenarios/incidents/all-incidents.ts';
import type { Action, Step } from '../setup/plan.ts';
import { markOf, type Settings } from '../setup/settings.ts';
import { caughtBySwitch } from './caught-by-switch.ts';
import { bold, dim, fold, green, indent, red, wrap, yellow } from './text.ts';

/** The columns of a terminal. */
const columns = 80;

const signs: Readonly<Record<Action, string>> = {
  create: green('+'),
  update: yellow('~'),
  delete: red('-'),
  keep: ' ',
  cannot: red('!'),
};

/** How many there are of each action, in words. */
const counted: readonly (readonly [Action, planned: string, done: string])[] = [
  ['create', 'to create', 'created'],
  ['update', 'to update', 'updated'],
  ['delete', 'to delete', 'deleted'],
  ['keep', 'as they are', 'as they were'],
  ['cannot', 'that cannot be made', 'not made'],
];

/** Whether a plan changes anything. */
export function hasChanges(steps: readonly Step[]): boolean {
  return steps.some(({ action }) => ['create', 'update', 'delete'].includes(action));
}

/** Prints the subject of a set-up: where it works, and with which mark. */
export function formatSettings(settings: Settings, store: string): string {
  const { domain, org, server } = settings;
  const rows = [
    `Okta org ${bold(domain)}, in the configuration as "${org}"`,
    `Custom server: ${server ? `${server.id} (${oneLine(server.name)})` : 'none'}`,
    `Secrets: ${store}`,
    `Mark: ${markOf(settings)}. What lacks it is never changed.`,
  ];
  return `${rows.flatMap((row) => fold(row, columns)).join('\n')}\n`;
}

/** Formats a plan as `terraform plan` does: each step with its reason. All unchanged resources share one line. */
export function formatPlan(steps: readonly Step[]): string {
  const lines = steps.filter(({ action, reason }) => action !== 'keep' || reason).flatMap(stepLines);
  return [...lines, '', `Plan: ${summaryOf(steps, 1)}.`, ''].join('\n');
}

/** Formats the completed steps, and what is left to do. */
export function formatDone(steps: readonly Step[], left?: string): string {
  const failed = steps.filter(({ action }) => action === 'cannot').flatMap(stepLines);
  return [...failed, `Done: ${summaryOf(steps, 2)}.`, ...(left === undefined ? [] : [left]), ''].join('\n');
}

/** What is not watched without the options that were not chosen, each in a sentence. Empty with all of them. */
export function formatUnwatched({ systemLog, login, health }: Settings): string {
  const options = [
    ['--system-log', systemLog, 'System Log'],
    ['--test-user', login !== undefined, 'test user'],
    ['--health', health, 'health'],
  ] as const;
  const caught = caughtBySwitch();
  const lines = options.flatMap(([option, isChosen, needs]) => {
    const { what = '', okta = 0, customers = 0 } = caught.find((each) => each.needs === needs) ?? {};
    const past = `of ${pastIncidents.length} past incidents, ${okta + customers} need it`;
    return isChosen ? [] : wrap(`Without ${option}, not watched: ${what} (${past}).`, columns);
  });
  return lines.map((line) => `${dim(line)}\n`).join('');
}

/** One step, as it is done. */
export function stepTitle({ resource: { kind, name } }: Step): string {
  return `${kind}: ${name}`;
}

function stepLines(step: Step): readonly string[] {
  const { action, resource, differences, reason, remedy } = step;
  const { purpose, without, removal, isMerged } = resource;
  const isListed = action === 'update' || (action === 'create' && isMerged);
  const texts = {
    create: [purpose],
    update: [],
    delete: removal && removal !== 'delete' ? [removal] : [],
    keep: [reason ?? ''],
    cannot: [reason ?? '', remedy ?? '', `Without it: ${without}`],
  }[action];
  return [
    ...fold(`${signs[action]} ${bold(`${resource.kind}:`)} ${resource.name}`, columns),
    ...indent(texts.flatMap((text) => wrap(text, columns - 4)).map(dimmed(action)), 4),
    ...(isListed ? indent(differences.flatMap(differenceLines), 4) : []),
  ];
}

const dimmed = (action: Action) => (line: string) => (action === 'cannot' ? line : dim(line));

function differenceLines({ path, from, to }: Step['differences'][number]): readonly string[] {
  return wrap(oneLine(from === undefined ? `${path}: ${to}` : `${path}: ${from} → ${to}`), columns - 4);
}

function summaryOf(steps: readonly Step[], words: 1 | 2): string {
  const parts = counted.flatMap((row) => {
    const count = steps.filter(({ action }) => action === row[0]).length;
    return count === 0 ? [] : [`${count} ${row[words]}`];
  });
  return parts.join(', ') || 'nothing to do';
}

/** The same for programs. It has no secret, because no body of a plan has one. */
export function setupDocument(settings: Settings, store: string, steps: readonly Step[]): object {
  const { domain, org, deployment, server, config } = settings;
  return {
    ...{ domain, org, deployment, mark: markOf(settings), config, secrets: store },
    ...(server && { server: server.id }),
    resources: steps.map(
      ({ resource: { id, kind, name, purpose, without }, action, differences, reason, remedy, found }) => ({
        ...{ id, kind, name, purpose, action },
        ...(found && { oktaId: found.id }),
        ...(differences.length > 0 && { differences }),
        ...(reason !== undefined && { reason }),
        ...(remedy !== undefined && { remedy }),
        ...(action === 'cannot' && { without }),
      }),
    ),
  };
}

const notRotated =
  'The password of the test user stays: Okta takes one at a time, so a run between would fail. To change it, set it in Okta, then store it: docs/test-user.md.';

/** Explains a rotation before it begins. */
export function formatRotation(applications: readonly string[]): string {
  const steps =
    'a new key is stored and registered beside the old one, proved, put into use, and the old one is deleted';
  return [
    ...applications.flatMap((name) => [
      `${yellow('~')} ${bold('key of the application:')} ${name}`,
      ...indent(wrap(steps, columns - 4).map(dim), 4),
    ]),
    ...wrap(notRotated, columns - 2).map((line, index) => (index === 0 ? line : `  ${line}`)),
    '',
  ].join('\n');
}

export function rotationDocument(applications: readonly string[]): object {
  return { rotated: applications, notRotated: [{ what: 'password of the test user', reason: notRotated }] };
}
