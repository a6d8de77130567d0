import path from 'node:path';
import {
  CreateScheduleCommand,
  CreateScheduleGroupCommand,
  DeleteScheduleGroupCommand,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import { readFlatTemplate } from '../../lib/flat-template.ts';
import type { Deployment } from '../../local/self-hosted/template/deployment.ts';
import { readDeployment } from '../../local/self-hosted/template/read-deployment.ts';
import type { Template } from '../../packages/cloudwatch-alarms/src/index.ts';
import type { Moto } from './start-moto.ts';

/** Where the AWS SDK finds moto. */
export const placeOf = ({ env }: Moto) => ({
  endpoint: env.AWS_ENDPOINT_URL,
  region: env.AWS_REGION ?? '',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

/** Reads what was synthesized into a folder. */
export function readAssembly(assembly: string): Deployment {
  return readDeployment(readFlatTemplate([path.join(assembly, 'OktaSynthetics.template.json')], assembly) as Template);
}

/** Makes the schedules of a deployment, which moto's CloudFormation passes over. */
export async function makeSchedules(moto: Moto, { schedules }: Deployment): Promise<void> {
  const scheduler = new SchedulerClient(placeOf(moto));
  const { AWS_REGION, CDK_DEFAULT_ACCOUNT } = moto.env;
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'okta-synthetics' }));
  for (const { name: Name, group: GroupName, target, input } of schedules) {
    const Target = {
      Arn: `arn:aws:lambda:${AWS_REGION}:${CDK_DEFAULT_ACCOUNT}:function:${target}`,
      RoleArn: `arn:aws:iam::${CDK_DEFAULT_ACCOUNT}:role/scheduler`,
      Input: JSON.stringify(input),
    };
    const rest = { ScheduleExpression: 'rate(1 minute)', FlexibleTimeWindow: { Mode: 'OFF' as const }, Target };
    await scheduler.send(new CreateScheduleCommand({ Name, GroupName, ...rest }));
  }
}

/** Removes what `makeSchedules` made. */
export async function removeSchedules(moto: Moto): Promise<void> {
  await new SchedulerClient(placeOf(moto)).send(new DeleteScheduleGroupCommand({ Name: 'okta-synthetics' }));
}
