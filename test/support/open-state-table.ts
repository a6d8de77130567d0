import { afterAll, beforeEach } from 'vitest';
import { openDynamoDb } from '../../functions/aws/clients.ts';
import type { StateTable } from '../../functions/state/state-table.ts';
import { type AwsEmulator, startAwsEmulator } from '../../local/self-hosted/aws-emulator/aws-emulator.ts';
import { awsEnvironment } from './aws-environment.ts';

/** The state table of a test file, which is empty before each test, and the emulator that has it. */
export async function openStateTable({ maxAttempts = 2 } = {}): Promise<{
  readonly aws: AwsEmulator;
  readonly table: StateTable;
}> {
  const aws = await startAwsEmulator(new Map());
  const name = 'okta-synthetics-state';
  await aws.tables.create(name, { partition: 'org', sort: 'item' });
  afterAll(() => aws.close());
  beforeEach(() => aws.tables.clear());
  const client = openDynamoDb({ environment: awsEnvironment(aws.url), maxAttempts });
  return { aws, table: { name, client } };
}
