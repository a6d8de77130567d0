import { placeOf as placeOfProbe } from '../../functions/notify/places.ts';
import type { Site } from './targets.ts';

/** Where a finding is: `token@org` as messages say it, or the run itself where no probe said it. */
export function placeOf({ probe, server }: Pick<Site, 'probe' | 'server'>): string {
  return probe === undefined ? 'the run' : placeOfProbe({ probe, ...(server !== undefined && { server }) });
}
