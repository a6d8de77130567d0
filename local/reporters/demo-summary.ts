import { styleText } from 'node:util';
import type { StoryVerdict } from '../runner/judge-story.ts';
import type { Told } from '../runner/verify-scenario.ts';
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
  const { right, why, told, outage, minutes } = verdict;
  const name = `Case ${outage.case.id}`;
  return [
    '',
    ...(right
      ? told.length > 0
        ? told.flatMap((one) => fold(`✓ ${name}: ${sentence(one)}`, width)).map((line) => styleText('green', line))
        : [styleText('green', `✓ ${name} is for information: nobody was told of it by itself`)]
      : why.flatMap((reason) => fold(`✗ ${name}: ${reason}`, width)).map((line) => styleText('red', line))),
    styleText('dim', `${minutes} virtual minutes in ${seconds.toFixed(0)} s`),
    '',
    ...more.map(([command, what]) => `${command.padEnd(36)}${styleText('dim', what)}`),
  ];
}

function sentence({ audience, toldAfter = 0, finding, overAfter = 0 }: Told): string {
  const named = finding === undefined ? '' : ` named ${finding}`;
  return `a ${audience} after ${minutes(toldAfter)}${named}; that it is over came ${minutes(overAfter)} after its end`;
}

function minutes(count: number): string {
  return count === 1 ? 'a minute' : `${count} minutes`;
}
