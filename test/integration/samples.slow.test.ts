import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { fillMarkers } from '../../local/commands/reporters/docs/markdown.ts';
import { samples } from '../../local/commands/reporters/docs/samples.ts';

it.each(Object.entries(samples))(
  'the samples of %s are what the commands print (run `npm run docs`)',
  async (file, sections) => {
    const page = await readFile(file, 'utf8');
    expect(await fillMarkers(page, sections)).toBe(page);
  },
);
