import { App, CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { type ConfigInput, OktaMonitor } from 'okta-synthetics';

const config: ConfigInput = {
  deployment: 'sign-in',
  alerts: {
    tickets: [{ email: 'identity@acme.test' }],
    runbook: 'https://git.acme.test/okta-synthetics/runbook.md',
  },
  orgs: [
    { name: 'acme', domain: 'acme.okta.com' },
    {
      name: 'globex',
      domain: 'globex.okta.com',
      service: { clientId: '0oaService', secret: 'okta/globex' },
      servers: [{ id: 'default', audience: 'api://default', scopes: ['monitor'] }],
      alerts: { pages: [{ email: 'on-call@globex.test' }], tickets: [{ email: 'identity@globex.test' }] },
    },
  ],
};

/** A stack with something of its own besides the monitor. */
class SignIn extends Stack {
  constructor(scope: Construct, id: string, props?: StackProps) {
    super(scope, id, props);
    const onCall = new Topic(this, 'OnCall', { topicName: 'on-call' });
    const boundary = new ManagedPolicy(this, 'Boundary', {
      managedPolicyName: 'sign-in-boundary',
      statements: [new PolicyStatement({ actions: ['*'], resources: ['*'] })],
    });
    const monitor = new OktaMonitor(this, 'Okta', {
      config,
      topics: { page: onCall },
      encryptionKey: new Key(this, 'Key', { enableKeyRotation: true }),
      permissionsBoundary: boundary,
      tags: { team: 'identity' },
    });
    new CfnOutput(this, 'Dashboard', { value: monitor.dashboardUrl });
    new CfnOutput(this, 'Tickets', { value: monitor.topics.people.ticket.topicArn });
  }
}

const app = new App();
new SignIn(app, 'SignIn');

/** The types refuse what the configuration does not know. */
export const refused: ConfigInput = {
  // @ts-expect-error: a host has no name for its cells.
  orgs: [{ name: 'acme', domain: 'acme.okta.com', cells: 8 }],
};
