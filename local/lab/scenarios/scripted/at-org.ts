import { alarmName } from '../../../../functions/findings/alarm-subject.ts';
import { burnWindows, paces } from '../../../../functions/findings/slo.ts';
import type { Route } from '../../../../functions/model/finding.ts';
import { negativeTests } from '../../../../functions/probes/index.ts';
import { enabledProbes, planProbes } from '../../../../functions/probes/plan.ts';
import { allCases } from '../all-cases.ts';
import { caseScenario, findingNotification } from '../case-scenarios.ts';
import { canHost, type DeploymentPlan, findingsAlarm, healthMinutes } from '../deployment-plan.ts';
import { drillSlo, negativeTestMinutes } from '../deployment-variants.ts';
import { injects, type SimulationFault } from '../faults/configuration.ts';
import type { Phase, Trace } from '../scenario.ts';
import { systemLog } from '../targets.ts';
import { outageNotification, type ScenarioFactory, scriptedScenario, toldInOrder } from './scripted-scenario.ts';

/** An outage burns the error budget fast: people are paged for the outage first, and then for the budget. */
export const errorBudget: ScenarioFactory = (context) => {
  const { org, every } = context;
  const { long } = burnWindows('fast', drillSlo, every);
  const notification = outageNotification(context);
  return [
    scriptedScenario(context, 'error-budget', 'an outage uses up the error budget fast', {
      ...{ target: 'SLO', deployment: 'errorBudget', fresh: true },
      // The alarms on single windows only feed the composite alarms and send no message.
      allowedAlarms: paces.flatMap((pace) =>
        ['long', 'short'].map((window) => `${alarmName({ kind: 'burn-rate', org, pace })}/${window}`),
      ),
      expected: [
        notification,
        {
          ...notification,
          alarm: alarmName({ kind: 'burn-rate', org, pace: 'fast' }),
          ...{ route: 'page', notBefore: (long.bad - 1) * every, within: (long.bad + 1) * every },
        },
      ],
    }),
  ];
};

/** The steps of an expiry, each for as long as its alarm needs, and as long again. */
const steps: readonly { readonly daysLeft: number; readonly route: Route; readonly minutes: number }[] = [
  { daysLeft: 29, route: 'ticket', minutes: 6 * healthMinutes },
  { daysLeft: 6, route: 'page', minutes: 4 * healthMinutes },
];

/** A certificate expires. Each step is announced once, whether its alarm still fires or not, and no end is announced. */
export const expiry: ScenarioFactory = (context) => {
  const { plan, org } = context;
  if (!plan.orgs.find((each) => each.org.name === org)?.org.api) return [];
  const alarms = steps.map(({ route }) => findingsAlarm(org, 'credentials', route));
  return [
    scriptedScenario(context, 'expiry', "a custom domain's certificate expires", {
      ...{ target: `${10 * healthMinutes} minutes`, deployment: 'health' },
      faultPhases: steps.map(({ daysLeft, minutes }): Phase => ({ minutes, faults: [expiresIn(daysLeft)] })),
      // The window of the alarm is as long as four runs of the health checks.
      recoversWithin: 6 * healthMinutes,
      expected: [],
      allowedAlarms: alarms,
      allowedMessages: ({ alarm = '' }) => alarms.includes(alarm),
      checks: alarms.map((alarm) => toldInOrder(alarm, ['firing'])),
      pace: 'long',
    }),
  ];
};

const expiresIn =
  (daysLeft: number): SimulationFault =>
  (simulation, org) =>
    simulation.environment(org).okta.alterHealth('domains', 'login.example.com', { certificateDays: daysLeft + 0.5 });

const rule = 'Monitors';

/** An administrator changes a rule, and the server refuses the monitor: the message shows the change and its time. */
export const policyChanged: ScenarioFactory = ({ plan, org }) => {
  const one = allCases.find(({ id }) => id === 'C4');
  const [variant] = one?.variants ?? [];
  const monitored = plan.orgsIn.systemLog.find(
    (each) => each.org.name === org && canHost(each, systemLog) && variant && canHost(each, variant.target),
  );
  if (!one || !variant || !monitored) return [];
  const scenario = caseScenario(plan, monitored, one, variant, 'systemLog');
  const faultPhases = scenario.faultPhases.map((phase) => ({
    ...phase,
    faults: [changeRule, ...(phase.faults ?? [])],
  }));
  return [
    {
      ...scenario,
      ...{ kind: 'scenario', id: 'policy-changed', name: 'policy-changed' },
      ...{ title: 'an administrator changes a rule, and the server refuses', faultPhases },
      checks: [namesTheRule],
    },
  ];
};

const changeRule: SimulationFault = (simulation, org) => {
  simulation.environment(org).okta.administer('server-policy-rule', 'update', { name: rule });
  return () => {};
};

function namesTheRule({ notifications }: Trace): readonly string[] {
  const [changes = 'nothing'] = notifications.flatMap(({ status, context }) =>
    status === 'firing' ? (context?.changes ?? []) : [],
  );
  return changes.includes(`policy rule "${rule}"`) && / updated at \d\d:\d\dZ/.test(changes)
    ? []
    : [`the message says that ${changes} was changed`];
}

/** How long the secret holds a password that is no longer the user's, in minutes. */
const wrongForMinutes = 60;

/**
 * An administrator changes the password in Okta and stores it an hour later. In between it is sent once, and the user is not
 * locked out.
 */
export const wrongPassword: ScenarioFactory = (context) => {
  const { plan, org } = context;
  const hosted = hostOf(plan, org);
  if (!hosted) return [];
  const { monitored } = hosted;
  const every = monitored.intervalMinutes.journey;
  const seen: { refusals?: number; status?: string | undefined } = {};
  return [
    scriptedScenario(context, 'wrong-password', "the test user's password was changed in Okta", {
      ...{ target: `${wrongForMinutes} minutes`, deployment: hosted.isConfigured ? 'configured' : 'journey' },
      faultPhases: [
        {
          minutes: wrongForMinutes,
          faults: [changePassword(monitored.org.user?.secret ?? '', (found) => Object.assign(seen, found))],
        },
      ],
      expected: [
        findingNotification({ plan, org, every }, 'ticket', {
          finding: 'user-password-refused',
          domain: 'credentials',
        }),
      ],
      checks: [(_: Trace) => problemsOf(seen)],
      pace: 'long',
    }),
  ];
};

interface Seen {
  readonly refusals?: number;
  readonly status?: string | undefined;
}

function problemsOf({ refusals, status }: Seen): readonly string[] {
  return [
    ...(refusals === 1 ? [] : [`${refusals} passwords were refused, expected 1`]),
    ...(status === 'ACTIVE' ? [] : [`the test user is ${status} afterwards, expected ACTIVE`]),
  ];
}

/** Changes the password, and then changes it back and stores it again, as the remedy says. */
function changePassword(secret: string, tell: (seen: Seen) => void): SimulationFault {
  return (simulation, org) => {
    const { okta, secrets } = simulation.environment(org);
    const before = okta.refusedPasswords();
    const restore = okta.alterUser(okta.user.login, { password: 'changed by somebody' });
    return () => {
      tell({ refusals: okta.refusedPasswords() - before, status: okta.findUser(okta.user.login)?.status });
      restore();
      secrets.set(secret, JSON.stringify({ password: okta.user.password, stored: simulation.now }));
    };
  };
}

/** The org with a test user: its own, or the one of the deployment `journey`. */
function hostOf(plan: DeploymentPlan, org: string) {
  const [configured, monitored] = [plan.orgs, plan.orgsIn.journey].map((orgs) =>
    orgs.find((each) => each.org.name === org && each.org.user),
  );
  return monitored && { monitored, isConfigured: configured !== undefined };
}

/** Case C18 in a deployment with negative tests: Okta accepts a request that it must refuse. */
export const negativeTestFailed: ScenarioFactory = (context) => {
  const { org, plan } = context;
  const monitored = plan.orgs.find((each) => each.org.name === org);
  const planned = monitored ? enabledProbes(planProbes({ ...monitored.org, negativeTests: true }, negativeTests)) : [];
  const one = allCases.find(({ id }) => id === 'C18');
  const variants = (one?.variants ?? []).filter(({ target }) => planned.some(({ probe }) => probe.id === target.probe));
  const perProbe = variants.filter(
    ({ target }, index) => index === variants.findIndex((other) => other.target.probe === target.probe),
  );
  return perProbe.flatMap(({ target, faults }) => {
    const { probe } = target;
    if (!one || probe === undefined) return [];
    return [
      scriptedScenario(context, one.id, one.title, {
        ...{ kind: 'case', name: `${one.id}@${probe}`, target: probe },
        deployment: 'negativeTests',
        faultPhases: [{ minutes: 4 * negativeTestMinutes, faults: [injects(...faults)] }],
        expected: [
          {
            alarm: alarmName({ kind: 'probe-failing', org, probe }),
            route: 'ticket',
            within: 3 * negativeTestMinutes,
            every: negativeTestMinutes,
            context: { finding: 'negative-test-failed', domain: 'configuration' },
          },
        ],
        pace: 'long',
      }),
    ];
  });
};
