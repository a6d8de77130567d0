import type { SourceMapPayload } from 'node:module';
import { expect, it } from 'vitest';
import { type CpuProfile, partsOf } from '../../bench/cpu-profile.ts';

/** One line of code, whose first column is from one file and whose column 10 is from another. */
const map: SourceMapPayload = {
  ...{ file: 'index.mjs', version: 3, sourceRoot: '', sourcesContent: [], names: [] },
  sources: ['../../functions/aws/call.ts', '../../functions/runtime/connection.ts'],
  mappings: 'AAAA,UCAA',
};

const node = (
  id: number,
  functionName: string,
  url: string,
  columnNumber: number,
  children: readonly number[] = [],
) => ({
  ...{ id, children },
  callFrame: { functionName, url, lineNumber: 0, columnNumber },
});
const code = 'file:///dist/flows/index.mjs';

const profile = (samples: readonly number[]): CpuProfile => ({
  nodes: [
    node(1, '(root)', '', -1, [2, 4, 5, 6]),
    node(2, 'call', code, 0, [3]),
    node(3, 'write', 'node:net', 5),
    node(4, 'connect', code, 10),
    node(5, '(idle)', '', -1),
    node(6, '(garbage collector)', '', -1),
  ],
  samples,
  timeDeltas: samples.map(() => 1_000),
});

it('a sample of Node.js belongs to the file of the bundle that called it', () => {
  expect(partsOf(profile([3]), map)).toEqual([{ what: 'calls of AWS', ms: 1 }]);
});

it('parts are in the order of what they take, and idle time is none of them', () => {
  expect(partsOf(profile([2, 3, 4, 5, 5, 5]), map)).toEqual([
    { what: 'calls of AWS', ms: 2 },
    { what: 'TLS connections', ms: 1 },
  ]);
});

it('garbage collection is nobody’s', () => {
  expect(partsOf(profile([6]), map)).toEqual([{ what: 'garbage collection', ms: 1 }]);
});
