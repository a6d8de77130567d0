import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { NetworkSetting } from '../proxy.ts';
import type { Diagnosis } from './diagnosis.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** This machine: Node.js, what npm has installed, and the variables that change how it connects. */
export function examineMachine(network: readonly NetworkSetting[], directory = root): readonly Diagnosis[] {
  const { engines } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  return [
    diagnoseNode(process.versions.node, engines.node),
    diagnoseInstall(directory),
    ...network.map(
      ({ variable, value, ignored }): Diagnosis =>
        ignored === undefined
          ? { what: variable, status: 'ok', found: `${value} is obeyed` }
          : {
              ...{ what: variable, status: 'warning', found: `${value} has no effect: ${ignored}` },
              remedy: `Correct ${variable}, or unset it.`,
            },
    ),
  ];
}

export function diagnoseNode(version: string, range: string): Diagnosis {
  const what = 'Node.js';
  if (satisfies(version, range)) return { what, status: 'ok', found: version };
  const remedy = 'Run the command with npm, which takes its own Node.js, or install another version.';
  return { what, status: 'problem', found: `${version} is not in ${range}`, remedy };
}

/** As npm reads a range of the forms `^1.2.3`, `>=1.2.3` and their alternatives. */
function satisfies(version: string, range: string): boolean {
  const own = numbers(version);
  return range.split('||').some((part) => {
    const [, operator = '', least = ''] = /^\s*(\^|>=)(\d+\.\d+\.\d+)\s*$/.exec(part) ?? [];
    if (least === '') return false;
    const wanted = numbers(least);
    const index = own.findIndex((each, at) => each !== wanted[at]);
    const isAtLeast = index < 0 || (own[index] ?? 0) > (wanted[index] ?? 0);
    return isAtLeast && (operator === '>=' || own[0] === wanted[0]);
  });
}

function numbers(version: string): readonly number[] {
  return version.split(/[.+-]/).slice(0, 3).map(Number);
}

interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly optional?: boolean; readonly link?: boolean }>
  >;
}

/** Compares what npm notes in node_modules with package-lock.json. */
export function diagnoseInstall(directory: string): Diagnosis {
  const what = 'npm packages';
  const remedy = 'Run npm ci.';
  const noted = path.join(directory, 'node_modules/.package-lock.json');
  if (!existsSync(noted)) return { what, status: 'problem', found: 'nothing is installed', remedy };
  const read = (file: string) => (JSON.parse(readFileSync(file, 'utf8')) as Lock).packages;
  const installed = read(noted);
  const wanted = Object.entries(read(path.join(directory, 'package-lock.json'))).filter(
    // Optional packages are not installed on every kind of machine.
    ([name, { optional, link }]) => name !== '' && !optional && !link,
  );
  const wrong = wanted.filter(([name, { version }]) => installed[name]?.version !== version).map(([name]) => name);
  if (wrong.length === 0) return { what, status: 'ok', found: `${wanted.length} as package-lock.json has them` };
  const named = wrong.slice(0, 3).map((name) => name.replace(/^.*node_modules\//, ''));
  const more = wrong.length > named.length ? ` and ${wrong.length - named.length} more` : '';
  return { what, status: 'problem', found: `missing, or of another version: ${named.join(', ')}${more}`, remedy };
}
