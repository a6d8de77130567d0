import { concurrency } from '../../../lib/limits/quotas.ts';
import { awsProblem } from '../aws-problem.ts';
import type { ExaminedAccount } from '../game-day/deployed-account.ts';
import { type Diagnosis, lookAt } from './diagnosis.ts';

/** What the templates of this CDK version need of the bootstrap stack. */
const leastBootstrapVersion = 6;

/** What a deployment asks of Lambda. */
export interface PlannedRuns {
  /** The schedules, all of which may begin in the same second. */
  readonly schedules: number;
  readonly runsPerMinute: number;
}

/** Whether AWS can be used at all: who asks, and in which Region. */
export async function diagnoseIdentity(aws: ExaminedAccount): Promise<Diagnosis> {
  const what = 'AWS credentials';
  try {
    const { account, region, by } = await aws.caller();
    return { what, status: 'ok', found: `account ${account}, Region ${region}, as ${by}` };
  } catch (error) {
    const { why, remedy, kind } = awsProblem(error, { action: 'sts:GetCallerIdentity', on: 'these credentials' });
    return { what, status: kind === 'credentials' ? 'problem' : 'open', found: why, remedy };
  }
}

/** The account and the Region, before anything is deployed. */
export async function examineAccount(aws: ExaminedAccount, planned: PlannedRuns): Promise<readonly Diagnosis[]> {
  const found = await Promise.all([diagnoseBootstrap(aws), diagnoseConcurrency(aws, planned)]);
  return found.flat();
}

function diagnoseBootstrap(aws: ExaminedAccount): Promise<readonly Diagnosis[]> {
  const what = 'CDK bootstrap';
  const remedy = 'Run npx cdk bootstrap in this account and Region.';
  return lookAt(what, { action: 'ssm:GetParameter', on: '/cdk-bootstrap/hnb659fds/version' }, async () => {
    const version = await aws.bootstrapVersion();
    if (version === undefined) return { what, status: 'problem', found: 'the CDK is not bootstrapped here', remedy };
    if (Number(version) >= leastBootstrapVersion) return { what, status: 'ok', found: `version ${version}` };
    return { what, status: 'problem', found: `version ${version}, and ${leastBootstrapVersion} is needed`, remedy };
  });
}

function diagnoseConcurrency(
  aws: ExaminedAccount,
  { schedules, runsPerMinute }: PlannedRuns,
): Promise<readonly Diagnosis[]> {
  const what = 'Lambda concurrency';
  return lookAt(what, { action: 'lambda:GetAccountSettings', on: 'this account' }, async () => {
    const most = await aws.unreservedConcurrency();
    if (most === undefined)
      return { what, status: 'open', found: 'AWS does not say how many functions may run at once' };
    const found = `${most} functions may run at once, for ${schedules} schedules`;
    const remedy = `Ask AWS for more in Service Quotas: Lambda, Concurrent executions. An account has ${concurrency.account.most.toLocaleString('en-US')} by default, and a new one ${concurrency.newAccount.most}.`;
    // A run takes about a second.
    if (runsPerMinute / 60 > most)
      return { what, status: 'problem', found: `${found}: not all runs can be made`, remedy };
    if (schedules > most)
      return {
        what,
        status: 'warning',
        found: `${found}: runs that begin in the same second wait for each other`,
        remedy,
      };
    return { what, status: 'ok', found };
  });
}
