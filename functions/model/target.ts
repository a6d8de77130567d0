/** Where a probe looks: an org, or one authorization server of it. */
export interface Target {
  readonly org: string;
  /** The server's id; absent for a probe of the whole org. */
  readonly server?: string;
}

/** A probe and the server that it looks at. A run that reports something of itself has no probe. */
export interface ProbeTarget {
  readonly probe?: string | undefined;
  readonly server?: string | undefined;
}

/** How people read and write a target: `token@default`, `organization` for a probe of the whole org, `the run`. */
export function formatTarget({ probe, server }: ProbeTarget): string {
  return probe === undefined ? 'the run' : server === undefined ? probe : `${probe}@${server}`;
}
