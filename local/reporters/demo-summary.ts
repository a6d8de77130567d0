import { styleText } from 'node:util';
import type { StoryVerdict } from '../runner/judge-story.ts';
import type { NotificationResult } from '../runner/verify-scenario.ts';
import { fold, width } from './fold.ts';

/** What there is to see next. */
const more = [
  ['npm start -- --case K1', 'another outage: a rotated secret; every case is in npm run cases'],
  ['npm start -- --watch', 'the same in real time'],
  ['npm run drill', 'every case, and whether people are told rightly of each'],
  ['npm run check -- --config my.jsonc', 'your own org, from this machine'],
] as const;

/** Whether people were told rightly, and how soon. */
export function formatEnding(verdict: StoryVerdict, seconds: number): readonly string[] {
  const { passed, failures, notifications, outage, minutes } = verdict;
  const name = `Case ${outage.case.id}`;
  return [
    '',
    ...(passed
      ? notifications.length > 0
        ? notifications
            .flatMap((one) => fold(`✓ ${name}: ${sentence(one)}`, width))
            .map((line) => styleText('green', line))
        : [styleText('green', `✓ ${name} is for information: nobody was told of it by itself`)]
      : failures.flatMap((reason) => fold(`✗ ${name}: ${reason}`, width)).map((line) => styleText('red', line))),
    styleText('dim', `${minutes} virtual minutes in ${seconds.toFixed(0)} s`),
    '',
    ...more.map(([command, what]) => `${command.padEnd(36)}${styleText('dim', what)}`),
  ];
}

function sentence({ route, notifiedAfter = 0, finding, resolvedAfter = 0 }: NotificationResult): string {
  const named = finding === undefined ? '' : ` named ${finding}`;
  return `a ${route} after ${minutes(notifiedAfter)}${named}; that it is over came ${minutes(resolvedAfter)} after its end`;
}

function minutes(count: number): string {
  return count === 1 ? 'a minute' : `${count} minutes`;
}
