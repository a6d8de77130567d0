import { readMessage } from './read-message.ts';
import type { Outage, TimelineEvent } from './timeline.ts';
import { type ScenarioVerification, verifyScenario } from './verify-scenario.ts';

const minuteMs = 60_000;

/** What became of a story: whether people were told of its outage as they must be, and how soon. */
export interface StoryVerdict extends ScenarioVerification {
  readonly outage: Outage;
  readonly minutes: number;
}

/** Judges a story by the rules of the drill: the right people, in time, by the right name, once, and once when it is over. */
export function judgeStory(happenings: readonly TimelineEvent[], outage: Outage): StoryVerdict {
  const { drill } = outage;
  const firstBadAt = happenings.find(({ kind }) => kind === 'outage')?.at ?? 0;
  const minuteOf = (at: number) => Math.ceil((at - firstBadAt) / minuteMs);
  const mended = happenings.find(({ kind }) => kind === 'mended');
  const minutes = happenings.filter(({ kind }) => kind === 'minute').length;
  const lasted = minuteOf(mended?.at ?? 0);
  const verdict = verifyScenario(
    { ...drill, faultPhases: [{ minutes: lasted }] },
    {
      transitions: happenings.flatMap((each) =>
        each.kind === 'alarm' ? [{ ...each.transition, minute: minuteOf(each.at) }] : [],
      ),
      messages: happenings.flatMap((each) =>
        each.kind === 'message' ? (readMessage(each.message, firstBadAt) ?? []) : [],
      ),
      gaps: [],
      minutes,
      wellAgainAt: lasted,
      healthySince: lasted,
      ineffective: [],
      stillFiring: [],
      packetsLost: 0,
    },
  );
  return { ...verdict, outage, minutes };
}
