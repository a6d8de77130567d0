import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { AwsAccount } from '../../../../local/commands/game-day/aws-account.ts';

/** AWS, which answers each action of its query protocol with this. */
async function openAccount(answers: Readonly<Record<string, string>>) {
  const server = createServer(async (request, response) => {
    const body = new URLSearchParams(Buffer.concat(await request.toArray()).toString());
    const action = body.get('Action') ?? '';
    const result = `<${action}Result>${answers[action]}</${action}Result>`;
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(`<${action}Response>${result}</${action}Response>`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const account = new AwsAccount({
    endpoint: `http://127.0.0.1:${port}`,
    ...{ region: 'eu-west-1', credentials: { accessKeyId: 'AKID', secretAccessKey: 'secret' } },
  });
  return {
    account,
    [Symbol.dispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

it('a resource that an update of the stack took out is none of the stack', async () => {
  const summary = (name: string, status: string) =>
    `<member><LogicalResourceId>${name}</LogicalResourceId><PhysicalResourceId>arn:aws:sns:eu-west-1:1:${name}</PhysicalResourceId><ResourceType>AWS::SNS::Topic</ResourceType><ResourceStatus>${status}</ResourceStatus></member>`;
  const list = ['UPDATE_COMPLETE', 'DELETE_COMPLETE'].map((status) => summary(status.slice(0, 6), status)).join('');
  using aws = await openAccount({
    ListStackResources: `<StackResourceSummaries>${list}</StackResourceSummaries>`,
  });
  expect(await aws.account.resources('okta-synthetics')).toEqual([
    { type: 'AWS::SNS::Topic', physicalId: 'arn:aws:sns:eu-west-1:1:UPDATE' },
  ]);
});

it('a subscription is confirmed only if it has an ARN', async () => {
  const arns = ['arn:aws:sns:eu-west-1:1:pages:1', 'PendingConfirmation', 'Deleted'];
  const list = arns
    .map(
      (arn) =>
        `<member><SubscriptionArn>${arn}</SubscriptionArn><Protocol>email</Protocol><Endpoint>a@example.com</Endpoint></member>`,
    )
    .join('');
  using aws = await openAccount({ ListSubscriptionsByTopic: `<Subscriptions>${list}</Subscriptions>` });
  const found = await aws.account.subscriptions('arn:aws:sns:eu-west-1:1:pages');
  expect(found.map(({ isConfirmed }) => isConfirmed)).toEqual([true, false, false]);
});
