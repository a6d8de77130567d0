import { readList, readObject, type Template, UnsupportedError } from '../../emulators/cloudwatch/index.ts';
import type { Table } from './deployment.ts';
import { physicalName, resolveText } from './resolve-text.ts';

const keys = [
  ...['TableName', 'KeySchema', 'AttributeDefinitions', 'BillingMode', 'TimeToLiveSpecification'],
  ...['Tags', 'PointInTimeRecoverySpecification', 'SSESpecification', 'DeletionProtectionEnabled'],
];

/**
 * Reads a table with two keys, both of them strings.
 *
 * Trap: items do not expire here.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html
 */
export function readTable(template: Template, logicalId: string): Table {
  const { KeySchema, AttributeDefinitions } = readObject(template.Resources[logicalId]?.Properties, keys);
  const schema = readList(KeySchema).map((each) => readObject(each, ['AttributeName', 'KeyType']));
  const isNumeric = readList(AttributeDefinitions).some(
    (each) => readObject(each, ['AttributeName', 'AttributeType']).AttributeType !== 'S',
  );
  const nameOf = (type: string) => {
    const key = schema.find(({ KeyType }) => KeyType === type);
    if (!key || isNumeric) throw new UnsupportedError('only a partition key and a sort key of strings are simulated');
    return resolveText(template, key.AttributeName);
  };
  return { name: physicalName(template, logicalId), partition: nameOf('HASH'), sort: nameOf('RANGE') };
}
