import { type Group, groups } from '../../functions/model/probe.ts';

export type Entry = Group | 'notify' | 'sweep';

/** The deployed functions, by the name of their file in `functions/`. */
export const entries = [...groups, 'notify', 'sweep'] as const satisfies readonly Entry[];
