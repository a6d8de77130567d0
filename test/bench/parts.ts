/** What can be measured by itself. */
export const parts = ['exactness', 'profile', 'cold-start', 'peers', 'growth', 'memory', 'load'] as const;

export type Part = (typeof parts)[number];

/** What a part takes, in seconds: always, and for each run that a figure is made of. */
const seconds: Readonly<Record<Part, { readonly fixed: number; readonly aRun: number }>> = {
  exactness: { fixed: 15, aRun: 1.2 },
  profile: { fixed: 5, aRun: 0.4 },
  'cold-start': { fixed: 35, aRun: 0 },
  peers: { fixed: 35, aRun: 0.3 },
  growth: { fixed: 30, aRun: 0.4 },
  memory: { fixed: 30, aRun: 2.4 },
  load: { fixed: 80, aRun: 0 },
};

/** How long parts take on a machine that does little else, in seconds. */
export function expectedSeconds(only: readonly Part[], { runs }: { readonly runs: number }): number {
  return (
    only
      // The sizes of the table of exactness are among those of memory, and are measured once.
      .filter((part) => part !== 'exactness' || !only.includes('memory'))
      .reduce((sum, part) => sum + seconds[part].fixed + seconds[part].aRun * runs, 0)
  );
}
