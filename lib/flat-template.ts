import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { App } from 'aws-cdk-lib';

/** A CloudFormation template, as far as merging nested stacks concerns it. */
export interface StackTemplate {
  readonly Resources: Readonly<Record<string, StackResource>>;
}

interface StackResource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: the properties of a resource depend on its type
  readonly Properties?: any;
  readonly DependsOn?: string | readonly string[];
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** The resources of all stacks of an app, in one template. */
export function flatTemplateOf(app: App): StackTemplate {
  const { directory, stacks } = app.synth();
  return readFlatTemplate(
    stacks.map(({ templateFile }) => path.join(directory, templateFile)),
    directory,
  );
}

/**
 * The resources of templates and of those that are nested in them, in one template. What stacks refer to by name, such as
 * a function by its ARN, is a reference to the resource with that name.
 *
 * @param directory of the nested templates
 */
export function readFlatTemplate(files: readonly string[], directory: string): StackTemplate {
  const read = (file: string): StackTemplate => {
    const template = JSON.parse(readFileSync(file, 'utf8'));
    if (!template?.Resources) throw new Error('it is not a template, because it has no Resources');
    return template;
  };
  const entries = files.flatMap((file) =>
    Object.entries(flatTemplate(read(file), (nested) => read(path.join(directory, nested))).Resources),
  );
  return withNamesResolved({ Resources: Object.fromEntries(entries) });
}

/** How a template refers to the ARN of a resource that has a name. */
const named: Readonly<Record<string, { readonly name: string; readonly reference: (id: string) => object }>> = {
  'AWS::SNS::Topic': { name: 'TopicName', reference: (id) => ({ Ref: id }) },
  'AWS::Lambda::Function': { name: 'FunctionName', reference: (id) => ({ 'Fn::GetAtt': [id, 'Arn'] }) },
};

const arnOfName = /^arn:[^:]*:(?<service>sns|lambda):[^:]*:[^:]*:(?:function:)?(?<name>[\w-]+)$/;

function withNamesResolved({ Resources }: StackTemplate): StackTemplate {
  const references = new Map(
    Object.entries(Resources).flatMap(([id, { Type, Properties }]) => {
      const naming = named[Type];
      const service = Type.split('::')[1]?.toLowerCase();
      return naming ? [[`${service} ${Properties?.[naming.name]}`, naming.reference(id)] as const] : [];
    }),
  );
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolved);
    if (typeof value !== 'object' || value === null) return value;
    const { 'Fn::Join': join } = value as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] };
    const text = join?.[1].map((part) => (typeof part === 'string' ? part : '')).join(join[0]);
    const { service, name } = arnOfName.exec(text ?? '')?.groups ?? {};
    return (
      references.get(`${service} ${name}`) ??
      Object.fromEntries(Object.entries(value).map(([key, each]) => [key, resolved(each)]))
    );
  };
  return { Resources: resolved(Resources) as StackTemplate['Resources'] };
}

/**
 * A template with the resources of its nested stacks in place of these. A nested resource's logical id begins with that of
 * its stack, and references to parameters become what the parent passes.
 *
 * Trap: the CDK names a nested template only in metadata that the command line enables. Without it, this throws.
 *
 * @param read returns the nested template in a file of the cloud assembly
 */
export function flatTemplate<Template extends StackTemplate>(
  template: Template,
  read: (file: string) => StackTemplate,
): Template {
  const Resources = Object.entries(template.Resources).flatMap(([id, resource]) => {
    if (resource.Type !== 'AWS::CloudFormation::Stack') return [[id, resource] as const];
    const file = resource.Metadata?.['aws:asset:path'];
    if (typeof file !== 'string') throw new Error(`the nested stack ${id} does not name its template`);
    const nested = flatTemplate(read(file), read).Resources;
    const renamed = withReferences(nested, {
      ids: new Map(Object.keys(nested).map((each) => [each, `${id}${each}`])),
      parameters: resource.Properties?.Parameters ?? {},
    });
    return Object.entries(renamed).map(([each, inner]) => [`${id}${each}`, inner] as const);
  });
  return { ...template, Resources: Object.fromEntries(Resources) };
}

interface Renaming {
  readonly ids: ReadonlyMap<string, string>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** A part of a nested template, with its references as the parent's template writes them. */
function withReferences<Part>(part: Part, renaming: Renaming): Part {
  const { ids, parameters } = renaming;
  const rename = (id: unknown) => ids.get(String(id)) ?? id;
  const changed = (value: unknown, key?: string): unknown => {
    if (Array.isArray(value)) return value.map((each) => changed(each));
    if (typeof value !== 'object' || value === null) return key === 'DependsOn' ? rename(value) : value;
    const entries = Object.entries(value);
    const [[name, argument] = []] = entries;
    if (entries.length === 1 && name === 'Ref') {
      return Object.hasOwn(parameters, String(argument)) ? parameters[String(argument)] : { Ref: rename(argument) };
    }
    if (entries.length === 1 && name === 'Fn::GetAtt' && Array.isArray(argument)) {
      return { [name]: [rename(argument[0]), ...argument.slice(1)] };
    }
    return Object.fromEntries(
      entries.map(([field, each]) => [
        field,
        field === 'DependsOn' && Array.isArray(each) ? each.map(rename) : changed(each, field),
      ]),
    );
  };
  return changed(part) as Part;
}
