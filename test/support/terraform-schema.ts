import { readFileSync } from 'node:fs';

/** An argument of a resource, as the provider documents it: `String`, `Set of String`, `Block List`. */
interface Argument {
  readonly kind: string;
  readonly required?: boolean;
  readonly members?: Readonly<Record<string, Argument>>;
}

interface Schema {
  readonly provider: string;
  readonly version: string;
  readonly commit: string;
  readonly resources: Readonly<
    Record<string, { readonly arguments: Readonly<Record<string, Argument>>; readonly import: string }>
  >;
}

/** The arguments of the resources that are used, read from the documentation of the provider at a commit. */
export const terraformSchema: Schema = JSON.parse(
  readFileSync(new URL('../fixtures/terraform-provider-okta.json', import.meta.url), 'utf8'),
);

/** A block: its header, its arguments as text, and the blocks in it. */
export interface HclBlock {
  readonly type: string;
  readonly labels: readonly string[];
  readonly values: Readonly<Record<string, string>>;
  readonly blocks: readonly HclBlock[];
}

/** Reads the HCL that has one argument a line. Throws for anything else. */
export function parseHcl(text: string): readonly HclBlock[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const read = (): HclBlock[] => {
    const blocks: HclBlock[] = [];
    while (lines.length > 0 && lines[0]?.trim() !== '}') blocks.push(readBlock());
    return blocks;
  };
  const readBlock = (): HclBlock => {
    const line = lines.shift()?.trim() ?? '';
    const [, type = '', labels = ''] = /^(\w+)((?: "\w+")*) \{$/.exec(line) ?? [];
    if (type === '') throw new Error(`Not the beginning of a block: ${line}`);
    const values: Record<string, string> = {};
    const blocks: HclBlock[] = [];
    while (lines[0] !== undefined && lines[0].trim() !== '}') {
      const [, name, value] = /^\s*(\w+)\s+= (.+)$/.exec(lines[0]) ?? [];
      if (name === undefined || value === undefined) blocks.push(readBlock());
      else {
        values[name] = value;
        lines.shift();
      }
    }
    if (lines.shift() === undefined) throw new Error(`A block without an end: ${line}`);
    return { type, labels: [...labels.matchAll(/"(\w+)"/g)].map(([, label = '']) => label), values, blocks };
  };
  const blocks = read();
  if (lines.length > 0) throw new Error(`An end without a beginning, before: ${lines[1]}`);
  return blocks;
}

const reference = /^(?:[a-z_]+\.[a-z_]+\.id|var\.[a-z_]+|jsonencode\(.+\))$/;
const isText = (value: string) => /^".*"$/.test(value) || reference.test(value);

const kinds: Readonly<Record<string, (value: string) => boolean>> = {
  String: isText,
  Boolean: (value) => /^(true|false)$/.test(value),
  Number: (value) => /^\d+$/.test(value),
  'Set of String': isList,
  'List of String': isList,
};

function isList(value: string): boolean {
  return /^\[.*\]$/.test(value);
}

/** Where a resource is not as the provider has it: unknown arguments and blocks, wrong kinds, what is required and missing. */
export function terraformProblems({ labels: [type = ''], values, blocks }: HclBlock): readonly string[] {
  const resource = terraformSchema.resources[type];
  return resource ? problemsOf(type, resource.arguments, values, blocks) : [`${type}: not a resource of the provider`];
}

function problemsOf(
  at: string,
  schema: Readonly<Record<string, Argument>>,
  values: HclBlock['values'],
  blocks: readonly HclBlock[],
): readonly string[] {
  const isBlock = ({ kind }: Argument) => kind.startsWith('Block');
  return [
    ...Object.entries(values).flatMap(([name, value]) => {
      const argument = schema[name];
      if (!argument || isBlock(argument)) return [`${at}.${name}: not an argument`];
      return kinds[argument.kind]?.(value) ? [] : [`${at}.${name}: ${value} is not a ${argument.kind}`];
    }),
    ...blocks.flatMap((block) => {
      const argument = schema[block.type];
      if (!argument || !isBlock(argument)) return [`${at}.${block.type}: not a block`];
      return problemsOf(`${at}.${block.type}`, argument.members ?? {}, block.values, block.blocks);
    }),
    ...Object.entries(schema)
      .filter(
        ([name, { required }]) => required && values[name] === undefined && !blocks.some(({ type }) => type === name),
      )
      .map(([name]) => `${at}.${name}: required`),
  ];
}
