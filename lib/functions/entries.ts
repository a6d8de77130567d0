import { type Group, groups } from '../../functions/model/probe.ts';

export type Entry = Group | 'notify' | 'sweep' | 'widget';

/** The deployed functions, by the name of their file in `functions/`. */
export const entries = [...groups, 'notify', 'sweep', 'widget'] as const satisfies readonly Entry[];
