import { readFileSync } from 'node:fs';
import { findNodeAtLocation, type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { ConfigError, formatPath, type Problem } from './config-error.ts';
import { crossFieldProblems, type PartialConfig } from './cross-field-rules.ts';
import { reviewConfig } from './review-config.ts';
import { type Config, type ConfigInput, configSchema } from './schema.ts';
import { schemaErrors } from './schema-errors.ts';

/** Reads a configuration file, as it is deployed now. Throws a `ConfigError` that lists all of its problems. */
export function loadConfig(path: string): Config {
  return reviewConfig(readConfig(path), { now: Date.now() }).config;
}

/** Reads a configuration file, with the schema's defaults. Throws a `ConfigError` that lists all of its problems. */
export function readConfig(path: string): Config {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ConfigError(
      `Cannot read the configuration ${path} (${code}). npm run setup -- --domain <host> writes one, or copy lib/config/example.jsonc. Give its path in cdk.json, with --context config=<path>, or with --config <path>.`,
      { cause },
    );
  }
  return parseConfig(text, path);
}

/** Parses a configuration: JSON with comments and trailing commas. */
export function parseConfig(text: string, path = 'the configuration'): Config {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const problems = tree && errors.length === 0 ? problemsIn(dataOf(tree)) : [];
  const lines = [
    ...errors.map((error) => `${position(text, error.offset)}: ${syntaxProblem(error)}`),
    ...inFileOrder(problems, tree).map(({ path, message, offset }) =>
      sentence(`${formatPath(path)} (line ${lineOf(text, offset)}) ${message}`),
    ),
  ];
  if (lines.length > 0 || !tree) throw new ConfigError(report(path, lines.length > 0 ? lines : ['The file is empty.']));
  return configSchema.parse(dataOf(tree));
}

/**
 * Checks a configuration that code has written. Throws a `ConfigError` that lists all of its problems.
 *
 * It is read as the file that it would be: a field that is `undefined` is not there.
 *
 * @param name of the configuration, for the error
 */
export function checkConfig(config: ConfigInput, name = 'the configuration'): Config {
  const value: unknown = JSON.parse(JSON.stringify(config));
  const problems = problemsIn(value);
  if (problems.length === 0) return configSchema.parse(value);
  throw new ConfigError(
    report(
      name,
      problems.map(({ path, message }) => sentence(`${formatPath(path)} ${message}`)),
    ),
  );
}

function problemsIn(value: unknown): readonly Problem[] {
  const { problems, wellFormed } = schemaErrors(value);
  return [...problems, ...crossFieldProblems(wellFormed as PartialConfig)];
}

function inFileOrder(problems: readonly Problem[], tree: Node | undefined) {
  return problems
    .map((problem) => ({ ...problem, offset: offsetOf(problem.path, tree) }))
    .toSorted((a, b) => a.offset - b.offset);
}

/** The offset of a path in the text; for a missing field, the offset of the object that should contain it. */
function offsetOf(path: readonly PropertyKey[], tree: Node | undefined): number {
  if (!tree || path.length === 0) return 0;
  const node = findNodeAtLocation(tree, path as (string | number)[]);
  return node ? (node.parent?.type === 'property' ? node.parent : node).offset : offsetOf(path.slice(0, -1), tree);
}

/** The value of a node. Trap: jsonc-parser's own `getNodeValue` lets a key `__proto__` set the prototype. */
function dataOf(node: Node): unknown {
  switch (node.type) {
    case 'array':
      return (node.children ?? []).map(dataOf);
    case 'object':
      return Object.fromEntries(
        (node.children ?? []).flatMap(({ children: [key, value] = [] }) =>
          key && value ? [[String(key.value), dataOf(value)]] : [],
        ),
      );
    default:
      return node.value;
  }
}

function sentence(text: string): string {
  return /[.?]$/.test(text) ? text : `${text}.`;
}

function report(path: string, lines: readonly string[]): string {
  const count = lines.length === 1 ? '1 problem' : `${lines.length} problems`;
  return [`${path} has ${count}:`, ...lines.map((line) => `  ${line}`)].join('\n');
}

function syntaxProblem(error: ParseError): string {
  const words = printParseErrorCode(error.error).replace(/(?<=[a-z])(?=[A-Z])/g, ' ');
  return `${words.charAt(0)}${words.slice(1).toLowerCase()}.`;
}

function position(text: string, offset: number): string {
  const before = text.slice(0, offset);
  return `${lineOf(text, offset)}:${before.length - before.lastIndexOf('\n')}`;
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
