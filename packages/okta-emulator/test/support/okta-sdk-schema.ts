import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
}

interface Model {
  getAttributeTypeMap?(): readonly Attribute[];
  readonly isExtensible?: boolean;
}

const require = createRequire(import.meta.url);
const folder = path.join(path.dirname(require.resolve('@okta/okta-sdk-nodejs')), 'types', 'generated', 'models');
const { ObjectSerializer } = require('@okta/okta-sdk-nodejs/src/generated/models/ObjectSerializer.js') as {
  readonly ObjectSerializer: { findCorrectType(data: unknown, type: string): string };
};
const models = require('@okta/okta-sdk-nodejs') as Readonly<Record<string, Model | undefined>>;

/** Members that the SDK's models lack, although recorded answers of real orgs and Okta's reference have them. */
const known: Readonly<Record<string, readonly string[]>> = {
  OAuth2ClientJsonWebKeyRsaRequest: ['use', 'alg'],
  OAuth2ClientJsonWebKeyRsaResponse: ['use', 'alg'],
};

/** Enums whose values real orgs have been recorded to write in lower case. */
const inLowerCase = ['AccessPolicyConstraintTypesEnum', 'KnowledgeConstraintTypesEnum'];

/** The declaration of a type, without its name: `'web' | 'service'`. There is none for a class. */
function declarationOf(type: string, owner: string): string | undefined {
  for (const file of [type, owner]) {
    const text = read(file);
    const found = new RegExp(`export type ${type} = ((?:'[^']*'|[^;'])+);`).exec(text);
    if (found) return found[1];
  }
  return undefined;
}

const texts = new Map<string, string>();

function read(model: string): string {
  const cached = texts.get(model);
  if (cached !== undefined) return cached;
  let text = '';
  try {
    text = readFileSync(path.join(folder, `${model}.d.ts`), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  texts.set(model, text);
  return text;
}

/**
 * What Okta's own SDK does not know in a body for Okta's API: members that the model lacks, and values that its enums
 * lack. Each is a path and the problem there. Required members and formats are not in the SDK's models.
 *
 * `model` is the SDK's name: `Application`, `OAuth2ScopeConsentGrant`, `AuthorizationServerPolicyRuleRequest`.
 */
export function schemaProblems(model: string, body: unknown): readonly string[] {
  const isKnown = models[model] !== undefined || declarationOf(model, model) !== undefined;
  if (!isKnown) throw new Error(`The SDK has no model ${model}.`);
  return problemsOf(body, model, model, model);
}

function problemsOf(value: unknown, type: string, owner: string, at: string): readonly string[] {
  if (value === null || value === undefined || ['any', 'Date', 'HttpFile'].includes(type)) return [];
  const [, item] = /^(?:Array|Set)<(.+)>$/.exec(type) ?? [];
  if (item !== undefined) {
    if (!Array.isArray(value)) return [`${at}: not a list`];
    return value.flatMap((each, index) => problemsOf(each, item, owner, `${at}[${index}]`));
  }
  const [, values] = /^\{ \[key: string\]: (.+); \}$/.exec(type) ?? [];
  if (values !== undefined) {
    return Object.entries(value).flatMap(([name, each]) => problemsOf(each, values, owner, `${at}.${name}`));
  }
  if (['string', 'number', 'boolean'].includes(type)) {
    return typeof value === type ? [] : [`${at}: not a ${type}`];
  }
  if (type.startsWith("'")) return alternatives(type, value, owner, at);
  const declaration = declarationOf(type, owner);
  const written = inLowerCase.includes(type) ? declaration?.toLowerCase() : declaration;
  if (written !== undefined) return alternatives(written, value, owner, at);
  return memberProblems(value, ObjectSerializer.findCorrectType(value, type), at);
}

/** A value of an enum, or of one of several models. */
function alternatives(declaration: string, value: unknown, owner: string, at: string): readonly string[] {
  const options = declaration.split('|').map((option) => option.trim());
  if (options.every((option) => /^'.*'$/.test(option))) {
    return options.includes(`'${value}'`) ? [] : [`${at}: ${JSON.stringify(value)} is not one of ${declaration}`];
  }
  const tries = options.map((option) => problemsOf(value, option, owner, at));
  return tries.reduce((fewest, each) => (each.length < fewest.length ? each : fewest));
}

function memberProblems(value: unknown, type: string, at: string): readonly string[] {
  const model = models[type];
  if (!model?.getAttributeTypeMap) return [`${at}: the SDK has no model ${type}`];
  if (typeof value !== 'object') return [`${at}: not an object`];
  const attributes = model.getAttributeTypeMap();
  return Object.entries(Object(value)).flatMap(([name, each]) => {
    // A model that extends another may have a member twice, the second time as it is there.
    const attribute = attributes.findLast(({ baseName }) => baseName === name);
    if (attribute) return problemsOf(each, attribute.type, type, `${at}.${name}`);
    return model.isExtensible || known[type]?.includes(name) ? [] : [`${at}.${name}: not a member of ${type}`];
  });
}
