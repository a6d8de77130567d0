/** Something that HCL evaluates: a reference, a variable, a call of a function. */
export class Expression {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A block inside a block. */
export class NestedBlock {
  readonly body: HclBody;
  constructor(body: HclBody) {
    this.body = body;
  }
}

export type HclValue = string | number | boolean | Expression | NestedBlock | readonly HclValue[];
/** Arguments and nested blocks by name. */
export type HclBody = Readonly<Record<string, HclValue>>;

/**
 * One block as `terraform fmt` writes it: `resource "okta_group" "group" { … }`.
 * https://developer.hashicorp.com/terraform/language/syntax/configuration
 */
export function hclBlock(header: string, body: HclBody, indentation = ''): string {
  const inner = `${indentation}  `;
  const isBlock = (value: HclValue): value is NestedBlock => value instanceof NestedBlock;
  const entries = Object.entries(body);
  const width = Math.max(0, ...entries.filter(([, value]) => !isBlock(value)).map(([name]) => name.length));
  const lines = entries.map(([name, value], index) =>
    isBlock(value)
      ? `${index > 0 ? '\n' : ''}${hclBlock(name, value.body, inner)}`
      : `${inner}${name.padEnd(width)} = ${hclValue(value)}`,
  );
  return `${indentation}${header} {\n${lines.join('\n')}\n${indentation}}`;
}

function hclValue(value: Exclude<HclValue, NestedBlock>): string {
  if (value instanceof Expression) return value.text;
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object') return String(value);
  return `[${value.map((each) => hclValue(each as Exclude<HclValue, NestedBlock>)).join(', ')}]`;
}

/** A text. Trap: `${` and `%{` begin a template in a text, so they are doubled. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
}
