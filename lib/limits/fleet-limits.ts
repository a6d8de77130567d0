import { mostManagedPolicies, mostNamed } from '../functions/secret-patterns.ts';
import { concurrency, rates } from './quotas.ts';

/** What an org adds, and what all orgs share, of something that AWS limits. */
export interface FleetUse {
  readonly runsPerOrgAndMinute: number;
  readonly severitySeriesPerOrg: number;
  readonly maintenanceWindows: number;
}

/** A quota of AWS that grows with the number of orgs. */
export interface FleetLimit {
  readonly what: string;
  readonly quota: string;
  /** The number of orgs at which it binds. */
  readonly orgs: number;
  /** Whether AWS raises it on request. */
  readonly isAdjustable: boolean;
  /** What happens then. */
  readonly effect: string;
  readonly source: string;
}

const cloudFormation = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html';

/** CloudFormation stacks in an account and Region. */
export const mostStacks = 2_000;

/** CloudFormation's resources: in one stack, and in one operation on a stack and those that are nested in it. */
export const mostResources = { inStack: 500, inOperation: 2_500 } as const;

/** The most further stacks of a deployment. */
export const mostOrgStacks = 100;

/** Alarm mute rules in an account and Region. */
const mostMuteRules = 2_000;

/** The metrics that a Metrics Insights query may match. The overview's graph of the worst orgs is one. */
const mostInsightsMetrics = 10_000;

/** How long a run occupies a container: an assumption, the same as in the cost estimate. */
const secondsPerRun = 1;

/** The most orgs of one deployment: each is a stack, and so are the further stacks and what all share. */
export const mostOrgs = mostStacks - mostOrgStacks - 1;

/** The quotas that bind first, the lowest number of orgs first. The account is assumed to hold nothing else. */
export function fleetLimits(use: FleetUse): readonly FleetLimit[] {
  const { runsPerOrgAndMinute, severitySeriesPerOrg, maintenanceWindows } = use;
  const atConcurrency = (most: number) => Math.floor((most * 60) / (runsPerOrgAndMinute * secondsPerRun));
  const limits: readonly FleetLimit[] = [
    {
      ...{ what: 'functions that run at once, in a new account', quota: `${concurrency.newAccount.most}` },
      ...{
        orgs: atConcurrency(concurrency.newAccount.most),
        isAdjustable: true,
        source: concurrency.newAccount.source,
      },
      effect:
        'runs begin late, and the alarm flows-throttled sends a ticket; sooner if the runs of many orgs begin in the same second',
    },
    {
      ...{ what: 'functions that run at once', quota: concurrency.account.most.toLocaleString('en-US') },
      ...{ orgs: atConcurrency(concurrency.account.most), isAdjustable: true, source: concurrency.account.source },
      effect: 'runs begin late, and the alarm flows-throttled sends a ticket',
    },
    {
      ...{ what: 'CloudFormation stacks', quota: mostStacks.toLocaleString('en-US') },
      ...{ orgs: mostOrgs, isAdjustable: true, source: cloudFormation },
      effect: 'synth refuses the configuration',
    },
    {
      ...{ what: 'metrics in a Metrics Insights query', quota: mostInsightsMetrics.toLocaleString('en-US') },
      ...{ orgs: Math.floor(mostInsightsMetrics / severitySeriesPerOrg), isAdjustable: false },
      effect: "the overview's graph of the worst orgs leaves some out; nothing else depends on it",
      source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html',
    },
    {
      what: 'managed policies of a role',
      quota: `${mostManagedPolicies}`,
      orgs: mostNamed('okta-synthetics/acme/api-token'),
      isAdjustable: true,
      effect:
        "a function may read the secrets in the deployment's own folder by a pattern, and synth warns of it; it refuses other names",
      source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    },
    {
      ...{ what: 'PutMetricData calls a second', quota: `${rates.PutMetricData.perSecond}` },
      ...{ orgs: Math.floor((rates.PutMetricData.perSecond * 60) / runsPerOrgAndMinute) },
      ...{ isAdjustable: rates.PutMetricData.isAdjustable, source: rates.PutMetricData.source },
      effect: 'metrics go to the log in the embedded metric format',
    },
    {
      ...{ what: 'alarm mute rules', quota: mostMuteRules.toLocaleString('en-US') },
      ...{ orgs: Math.floor(mostMuteRules / Math.max(1, maintenanceWindows)), isAdjustable: true },
      effect: 'the deployment of a maintenance window fails. One window of all orgs is assumed',
      source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-mute-rules.html',
    },
  ];
  return limits.toSorted((one, other) => one.orgs - other.orgs);
}

/** How long a first deployment takes at least: CloudFormation makes alarms no faster than this. */
export function deployMinutes(alarms: number): number {
  return alarms / rates.PutMetricAlarm.perSecond / 60;
}
