import { SourceMap, type SourceMapPayload } from 'node:module';

/** What V8's profiler recorded, as far as it is read here. https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node of each sample, and the microseconds since the one before. */
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: {
    readonly functionName: string;
    readonly url: string;
    readonly lineNumber: number;
    readonly columnNumber: number;
  };
  readonly children?: readonly number[];
}

/** Something that a processor is spent on. */
export interface ProfilePart {
  readonly what: string;
  readonly ms: number;
}

/**
 * Which part a source file belongs to: of the bundle, or of Node.js where nothing of the bundle called it. The first that
 * matches counts.
 */
const partsOfFiles: readonly (readonly [file: RegExp, what: string])[] = [
  [
    /runtime\/(connection|connections|open-connection)\.ts$|^node:(internal\/tls|_tls|net|internal\/stream_base)/,
    'TLS connections',
  ],
  [
    /oauth4webapi|\/jose\/|runtime\/(credentials|client-|private-key|dpop)|^node:internal\/crypto/,
    'client assertions and tokens',
  ],
  [
    /runtime\/(http|request|socket-times|loop-lateness)|functions\/web\/|^node:(_http|internal\/http)/,
    'requests and answers',
  ],
  [/functions\/aws\//, 'calls of AWS'],
  [/runtime\/(state|history|told|restraint|publish|log|emf|memory)/, 'state, metrics and log'],
  [/functions\//, 'probes and diagnosis'],
];

const collector = 'garbage collection';
const others = 'Node.js itself: streams, timers, promises';

/**
 * What the samples were spent on, in milliseconds. A sample belongs to the innermost file of the bundle on its stack, so that what Node.js does for
 * somebody is theirs. Idle samples are left out.
 */
export function partsOf({ nodes, samples, timeDeltas }: CpuProfile, map: SourceMapPayload): readonly ProfilePart[] {
  const sources = new SourceMap(map);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const sourceOf = ({ callFrame }: ProfileNode): string | undefined => {
    if (!callFrame.url.startsWith('file:') || !callFrame.url.endsWith('/index.mjs')) return undefined;
    const entry = sources.findEntry(callFrame.lineNumber, callFrame.columnNumber);
    return 'originalSource' in entry ? entry.originalSource : undefined;
  };
  const partOf = (id: number): string | undefined => {
    const leaf = byId.get(id);
    if (!leaf || leaf.callFrame.functionName === '(idle)') return undefined;
    if (leaf.callFrame.functionName === '(garbage collector)') return collector;
    let file: string | undefined;
    for (let at: number | undefined = id; at !== undefined && file === undefined; at = parents.get(at)) {
      const node = byId.get(at);
      file = node && sourceOf(node);
    }
    const name = file ?? leaf.callFrame.url;
    return partsOfFiles.find(([pattern]) => pattern.test(name))?.[1] ?? others;
  };
  const known = new Map<number, string | undefined>();
  const spentUs = new Map<string, number>();
  for (const [index, id] of samples.entries()) {
    if (!known.has(id)) known.set(id, partOf(id));
    const what = known.get(id);
    if (what !== undefined) spentUs.set(what, (spentUs.get(what) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return [...spentUs].map(([what, us]) => ({ what, ms: us / 1000 })).toSorted((one, other) => other.ms - one.ms);
}
