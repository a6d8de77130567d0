import { findingNotification } from '../case-scenarios.ts';
import type { DeploymentPlan } from '../deployment-plan.ts';
import type { SimulationFault } from '../faults/simulation-fault.ts';
import type { Trace } from '../scenario.ts';
import { type ScenarioFactory, scriptedScenario } from './scripted-scenario.ts';

/** How long the secret holds a password that is no longer the user's, in minutes. */
const wrongForMinutes = 60;

/**
 * Somebody changes the password in Okta, and an hour later it is stored. In between it is sent once, and the user is not
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
