import { readFileSync } from 'node:fs';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { expect, it } from 'vitest';
import { jsonSchema, logRetentions } from '../../../../lib/config/schema.ts';
import { buildConfig, minimalOrg } from '../../../support/build-config.ts';

interface SchemaNode {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
}

const schema = (): SchemaNode => JSON.parse(jsonSchema());

it('lib/config/schema.json is current (run `npm run docs`)', () => {
  expect(readFileSync('lib/config/schema.json', 'utf8')).toBe(jsonSchema());
});

it('every configuration field has a description', () => {
  const undescribed = ({ properties = {}, items }: SchemaNode, path: string): readonly string[] => [
    ...Object.entries(properties).flatMap(([key, child]) => [
      ...(typeof child.description === 'string' ? [] : [`${path}.${key}`]),
      ...undescribed(child, `${path}.${key}`),
    ]),
    ...(items ? undescribed(items, `${path}[]`) : []),
  ];
  expect(undescribed(schema(), '')).toEqual([]);
});

it('a configuration contains its required fields and those with a default, and no others', () => {
  const present = ({ properties = {}, required = [] }: SchemaNode = {}) =>
    Object.keys(properties).filter((key) => required.includes(key) || properties[key]?.default !== undefined);
  const config = buildConfig();
  expect(Object.keys(config).toSorted()).toEqual(present(schema()).toSorted());
  expect(Object.keys(config.orgs[0] ?? {}).toSorted()).toEqual(present(schema().properties?.orgs?.items).toSorted());
});

it('a configuration has these defaults', () => {
  expect(buildConfig()).toMatchObject({
    alerts: { pages: [], tickets: [], routes: {}, maintenance: [] },
    deployment: 'okta-synthetics',
    intervalMinutes: { flows: 1, status: 5, negativeTests: 60 },
    logRetentionDays: 30,
    orgs: [
      {
        ...minimalOrg,
        dashboard: false,
        intervalMinutes: {},
        negativeTests: false,
        slowAfterMs: 3_000,
        timeoutMs: 10_000,
        servers: [{ id: 'org' }],
      },
    ],
  });
});

it('logRetentionDays may be any number of days that CloudWatch Logs accepts, and no other', () => {
  const accepted = Object.values(RetentionDays).filter((days) => typeof days === 'number');
  expect([...logRetentions]).toEqual(
    accepted.filter((days) => days !== RetentionDays.INFINITE).toSorted((a, b) => a - b),
  );
});
