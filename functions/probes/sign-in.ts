import { toleratedLateMs } from '../model/exchange.ts';
import { defineProbe } from '../model/probe.ts';

/**
 * Signs the test user in, as a browser does: the page of /authorize, the user's password, a code where it is asked for, and
 * the redirect back to the application.
 *
 * Trap: tried once only. A second password after a lost answer counts as a second failed attempt.
 */
export const signIn = defineProbe({
  id: 'sign-in',
  question: 'Can the test user sign in?',
  group: 'journey',
  scope: 'org',
  requires: ['user'],
  provides: 'session',
  once: true,
  requests: [
    'organization',
    'authorize',
    'sign-in-introspect',
    'sign-in-identify',
    'sign-in-answer',
    'sign-in-redirect',
  ],
  addedRequests: { 'web.par': ['par'] },
  timed: false,
  metrics: {
    JourneySeconds: {
      unit: 'Seconds',
      statistic: 'Maximum',
      help: "The server's time for a whole sign-in: the sum of the first bytes of its requests.",
    },
  },
  async run({ fetch, exchanges, credentials }) {
    const session = await credentials.signIn(fetch, exchanges);
    const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    const spentMs = sumOf(exchanges.map(({ phases }) => phases.firstByteMs ?? 0));
    const isLate = sumOf(exchanges.map(({ lateMs = 0 }) => lateMs)) > toleratedLateMs * exchanges.length;
    return { readings: { JourneySeconds: isLate ? undefined : spentMs / 1000 }, provides: { session } };
  },
});
