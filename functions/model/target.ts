/** What an outcome is about: an org, or one of its authorization servers. */
export interface Target {
  readonly org: string;
  /** The server's id. Absent for a probe of the whole org. */
  readonly server?: string;
}

/** A probe at a server. There is no probe if the run itself reports something. */
export interface ProbeTarget {
  readonly probe?: string | undefined;
  readonly server?: string | undefined;
}

/** How people read and write a target: `token@default`, `organization` for a probe of the whole org, `the run`. */
export function formatTarget({ probe, server }: ProbeTarget): string {
  return probe === undefined ? 'the run' : server === undefined ? probe : `${probe}@${server}`;
}
