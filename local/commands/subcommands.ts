import { type Command, callOf, table } from './command.ts';

/** A subcommand, whose module is loaded only to run it. */
interface Subcommand {
  readonly summary: string;
  load(): Promise<unknown>;
}

/** Every command: `npm run check` calls `node local/commands/run.mjs check`. */
export const subcommands: Readonly<Record<string, Subcommand>> = {
  start: {
    summary: 'show the monitor at work during an outage, without an account or a network',
    load: async () => (await import('./start.ts')).start,
  },
  okta: {
    summary: 'run the Okta emulator alone, for other clients',
    load: async () => (await import('./okta.ts')).okta,
  },
  setup: {
    summary: 'make what the monitor needs in Okta and AWS, and write the configuration',
    load: async () => (await import('./setup.ts')).setup,
  },
  check: {
    summary: 'run the probes once against the real orgs, or judge a token',
    load: async () => (await import('./check.ts')).check,
  },
  doctor: {
    summary: 'examine this machine, AWS, the deployment and the domains',
    load: async () => (await import('./doctor.ts')).doctor,
  },
  cases: {
    summary: 'verify the diagnosis of every known failure',
    load: async () => (await import('./cases.ts')).cases,
  },
  drill: {
    summary: 'verify the notifications of every known failure, or try a deployed stack',
    load: async () => (await import('./drill.ts')).drill,
  },
  cost: {
    summary: 'estimate what a configuration costs a month, and its load on Okta',
    load: async () => (await import('./cost.ts')).cost,
  },
  watch: {
    summary: 'run the monitor on this machine, without AWS',
    load: async () => (await import('./watch.ts')).watch,
  },
  report: {
    summary: 'report the availability of each org in a month',
    load: async () => (await import('./report.ts')).report,
  },
  picture: {
    summary: 'take the picture of the board for the docs',
    load: async () => (await import('./picture.ts')).picture,
  },
  docs: {
    summary: 'write the generated parts of the docs',
    load: async () => (await import('./generate.ts')).docs,
  },
  prepack: {
    summary: 'build the npm package',
    load: async () => (await import('./generate.ts')).prepack,
  },
};

/** Loads a subcommand. Undefined for an unknown name. */
export async function loadCommand(name: string): Promise<Command | undefined> {
  return Object.hasOwn(subcommands, name) ? ((await subcommands[name]?.load()) as Command) : undefined;
}

/** The commands, each with what it does. */
export function listCommands(): string {
  return table(Object.entries(subcommands).map(([name, { summary }]) => [callOf({ name }), summary] as const));
}
