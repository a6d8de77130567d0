import { applyEdits, type JSONPath, modify, parse } from 'jsonc-parser';
import { defaultDeployment } from '../../../functions/model/deployment.ts';
import { isObject, type Json } from './json.ts';

/** One change of a configuration. */
export interface ConfigEdit {
  readonly path: JSONPath;
  /** Undefined takes the member out. */
  readonly value: unknown;
  /** What it was, for people. */
  readonly from?: unknown;
  /** It is put into a list, and replaces nothing. */
  readonly isInsertion?: boolean;
}

/** Changes a text of JSON with comments. Comments, order and what is not mentioned stay. */
export function editConfig(text: string, edits: readonly ConfigEdit[]): string {
  return edits.reduce(
    (before, { path, value, isInsertion = false }) =>
      applyEdits(
        before,
        modify(before, path, value, {
          formattingOptions: { insertSpaces: true, tabSize: 2, eol: before.includes('\r\n') ? '\r\n' : '\n' },
          isArrayInsertion: isInsertion,
        }),
      ),
    text,
  );
}

/** The text as data, however invalid it is. */
export function rawConfig(text: string): Json {
  const value: unknown = parse(text, [], { allowTrailingComma: true });
  return isObject(value) ? value : {};
}

/** A configuration without an org. */
export function emptyConfig(schema: string, deployment: string): string {
  return `// The configuration of okta-synthetics: docs/configuration.md has every field. It contains no secret, only their names.
// npm run setup adds orgs to it, and keeps your comments and your changes.
{
  "$schema": ${JSON.stringify(schema)},
${deployment === defaultDeployment ? '' : `  "deployment": ${JSON.stringify(deployment)},\n`}
  // Who is notified: { "email": "on-call@example.com" }, or what docs/receivers.md has.
  "alerts": { "pages": [], "tickets": [] },

  // Do not change the name of an org later: metrics are stored under it.
  "orgs": []
}
`;
}

/** Whether a file is as the set-up made it, without its orgs. */
export function isUntouched(text: string, schema: string, deployment: string): boolean {
  return withoutSpace(text) === withoutSpace(emptyConfig(schema, deployment));
}

function withoutSpace(text: string): string {
  return text.replace(/\s/g, '');
}
