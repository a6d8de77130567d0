import type { IdxContent } from './idx-body.ts';
import {
  challenge,
  currentAuthenticator,
  denied,
  enrollment,
  identify,
  newPassword,
  type StepContext,
  select,
  skipForm,
} from './idx-forms.ts';

/** A step of a sign-in. It is the current one if it applies and none before it does. */
interface Step {
  readonly applies: (context: StepContext) => boolean;
  readonly content: (context: StepContext) => IdxContent & { readonly status?: number };
}

const steps: readonly Step[] = [
  {
    applies: ({ settings, transaction }) => settings.deviceChallenge && !transaction.passed.has('device-challenge'),
    content: () => ({
      forms: [
        {
          name: 'device-challenge-poll',
          path: '/idp/idx/authenticators/poll',
          relatesTo: ['authenticatorChallenge'],
          more: { refresh: 2000 },
        },
      ],
    }),
  },
  { applies: ({ transaction }) => transaction.identifier === undefined, content: identify },
  {
    applies: ({ settings }) => settings.identityProvider !== undefined,
    content: ({ settings }) => ({
      forms: [
        {
          name: 'redirect-idp',
          path: '/sso/idps/0oa1emulated2idp3par',
          method: 'GET',
          more: { type: 'SAML2', idp: { id: '0oa1emulated2idp3par', name: settings.identityProvider } },
        },
      ],
    }),
  },
  { applies: ({ transaction }) => !transaction.proved.has('okta_password'), content: challenge },
  {
    applies: ({ user, isAssigned }) => user?.assigned === false || !isAssigned,
    content: () => denied(400, 'idx.error.user.not.assigned.to.app'),
  },
  { applies: ({ user }) => user?.access === 'DENY', content: () => denied(403, 'security.access_denied') },
  {
    applies: ({ settings }) => settings.unknownRemediation !== undefined,
    content: ({ settings: { unknownRemediation = '' } }) => ({
      forms: [{ name: unknownRemediation, path: `/idp/idx/${unknownRemediation}` }],
    }),
  },
  {
    applies: (context) => needsFactor(context) && context.user?.factors.length === 0,
    content: (context) =>
      context.settings.enrollment === 'unavailable' ? denied(400, 'oie.assurance.unsatisfiable') : enrollment(context),
  },
  {
    applies: needsFactor,
    content: (context) => (currentAuthenticator(context) ? challenge(context) : select(context)),
  },
  {
    applies: ({ user }) => user?.status === 'PASSWORD_EXPIRED',
    content: (context) => newPassword('reenroll-authenticator', 'idx.password.expired', context),
  },
  {
    applies: ({ user, settings, transaction }) =>
      (user?.passwordExpiresInDays ?? Number.POSITIVE_INFINITY) <= settings.expireWarnDays &&
      !transaction.passed.has('skip'),
    content: (context) => {
      const { forms = [], ...rest } = newPassword(
        'reenroll-authenticator-warning',
        'idx.password.expiring.message',
        context,
      );
      return { ...rest, forms: [...forms, skipForm] };
    },
  },
  {
    applies: ({ settings, transaction }) => settings.consent && !transaction.passed.has('consent'),
    content: () => ({
      forms: [
        { name: 'consent', path: '/idp/idx/consent', fields: [{ name: 'consent', type: 'boolean', required: true }] },
      ],
    }),
  },
  {
    applies: ({ settings, transaction }) =>
      settings.keepMeSignedInPrompt && !transaction.passed.has('keep-me-signed-in'),
    content: () => ({
      forms: [
        {
          name: 'keep-me-signed-in',
          path: '/idp/idx/keep-me-signed-in',
          fields: [{ name: 'keepMeSignedIn', label: 'Keep me signed in', type: 'boolean', required: true }],
        },
      ],
    }),
  },
];

/** Returns the client's next step, or undefined if the user has signed in. */
export function currentStep(context: StepContext): (IdxContent & { readonly status?: number }) | undefined {
  return steps.find(({ applies }) => applies(context))?.content(context);
}

function needsFactor({ user, transaction }: StepContext): boolean {
  const isProved = transaction.proved.has('google_otp') || transaction.proved.has('okta_verify');
  return user?.factorMode === '2FA' && !isProved && !transaction.passed.has('skip');
}
