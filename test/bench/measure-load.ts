import type { Org } from '../../functions/model/org.ts';
import type { Group } from '../../functions/model/probe.ts';
import { eventOf, flowsAt } from './events.ts';
import { type Bench, notPassed, undisturbed } from './open-bench.ts';
import { fullCoreMemoryMb } from './processor-share.ts';
import type { LoadReading, LoadSample } from './report.ts';

/** Two hours of flows, and five of journeys, which start every five minutes: the first half of each is the warm-up. */
const runsOfOneOrg = { flows: 120, journey: 60 } as const;

/** How often each of many orgs runs. */
const rounds = 2;

/** How often all of them run at the same time, which Lambda never does. */
const stressRounds = 5;

/** What a process holds on to after each run: an hour of one org, and many orgs one after the other and at once. */
export async function measureLoads(bench: Bench): Promise<readonly LoadReading[]> {
  const { domains } = bench.reference;
  const [domain = ''] = domains;
  const fleet = domains.map((each, index) => flowsAt(each, `org-${index + 1}`));
  const journey = await bench.emulate(eventOf('journey'));
  const once = (org: Org, runs: number) => Array.from({ length: runs }, () => [org]);
  return [
    {
      ...{ id: 'flows', what: `one org, two hours: ${runsOfOneOrg.flows} runs of flows`, orgs: 1 },
      samples: await sample(bench, 'flows', once(flowsAt(domain), runsOfOneOrg.flows)),
    },
    {
      ...{ id: 'journeys', what: `one org, five hours: ${runsOfOneOrg.journey} runs of journey`, orgs: 1 },
      samples: await sample(bench, 'journey', once(journey, runsOfOneOrg.journey)),
    },
    {
      ...{ id: 'orgs', what: `${fleet.length} orgs in turn, ${rounds} rounds of flows`, orgs: 1 },
      samples: await sample(bench, 'flows', Array.from({ length: rounds }, () => fleet.map((org) => [org])).flat()),
    },
    {
      ...{
        id: 'stress',
        what: `${fleet.length} orgs at once, ${stressRounds} times: a stress, which Lambda never is`,
        orgs: fleet.length,
      },
      samples: await sample(
        bench,
        'flows',
        Array.from({ length: stressRounds }, () => fleet),
      ),
    },
  ];
}

/** Invokes a function with each of these messages, in one process, and says what the process is like after each. */
async function sample(
  bench: Bench,
  group: Group,
  messages: readonly (readonly Org[])[],
): Promise<readonly LoadSample[]> {
  await using share = bench.openShare(fullCoreMemoryMb);
  await using measured = await bench.startFunction(group, { share, nodeFlags: ['--expose-gc'] });
  const samples: LoadSample[] = [];
  for (const [index, orgs] of messages.entries()) {
    bench.options.progress(`load of ${group}, ${index + 1} of ${messages.length}`);
    const invocation = await undisturbed(() => measured.invoke(...orgs));
    const [problem] = notPassed(invocation);
    // A hundred at once may take longer than a probe waits. That is no error here.
    if (problem !== undefined && orgs.length === 1) throw new Error(`A run of ${group} did not pass: ${problem}.`);
    const { memory, sockets } = invocation;
    samples.push({ rssBytes: memory.rssBytes, heapBytes: memory.heapBytes, sockets });
  }
  return samples;
}
