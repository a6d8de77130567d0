import type { WatchedOrg } from '../../lib/watched-org.ts';
import { caseDrill } from '../drill/case-drills.ts';
import { type DrillVerdict, judgeDrill } from '../drill/judge-drill.ts';
import { readMessage } from '../drill/read-message.ts';
import type { Watch } from '../drill/watch.ts';
import type { Happening, Outage } from './tell-story.ts';

const minuteMs = 60_000;

/** What became of a story: whether people were told of its outage as they must be, and how soon. */
export interface StoryVerdict extends DrillVerdict {
  readonly outage: Outage;
  readonly minutes: number;
}

/** Judges a story by the rules of the drill: the right people, in time, by the right name, once, and once when it is over. */
export function judgeStory(happenings: readonly Happening[], watch: Watch, outage: Outage): StoryVerdict {
  const org = watch.orgs.find((each: WatchedOrg) => each.org.name === outage.org);
  if (!org) throw new Error(`no org is called ${outage.org}`);
  const firstBadAt = happenings.find(({ kind }) => kind === 'outage')?.at ?? 0;
  const minuteOf = (at: number) => Math.ceil((at - firstBadAt) / minuteMs);
  const mended = happenings.find(({ kind }) => kind === 'mended');
  const minutes = happenings.filter(({ kind }) => kind === 'minute').length;
  const drill = caseDrill(watch, org, outage.case, outage.cell);
  const lasted = minuteOf(mended?.at ?? 0);
  const verdict = judgeDrill(
    { ...drill, bad: [{ minutes: lasted }] },
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
      dead: [],
      stillUp: [],
      lost: 0,
    },
  );
  return { ...verdict, outage, minutes };
}
