export interface IdxMessage {
  readonly message: string;
  readonly i18n: { readonly key: string; readonly params?: readonly string[] };
  readonly class: 'ERROR' | 'INFO' | 'WARNING';
}

/** The messages of Identity Engine by the key that tells them apart. */
const texts = {
  'errors.E0000004': ['ERROR', 'Authentication failed'],
  incorrectPassword: ['ERROR', 'Password is incorrect'],
  'authfactor.challenge.soft_token.invalid_passcode': [
    'ERROR',
    "Your code doesn't match our records. Please try again.",
  ],
  'api.authn.error.PASSCODE_INVALID': ['ERROR', 'Invalid code. Try again.'],
  'authfactor.challenge.soft_token.used_passcode': [
    'ERROR',
    'Each code can only be used once. Please wait for a new code and try again.',
  ],
  'authfactor.challenge.suspended_factor': ['ERROR', 'Your factor has been suspended.'],
  'idx.error.user.not.assigned.to.app': ['ERROR', 'User is not assigned to this application.'],
  'security.access_denied': ['ERROR', 'You do not have permission to perform the requested action.'],
  'oie.assurance.unsatisfiable': ['ERROR', 'The requested assurance could not be satisfied.'],
  'idx.session.expired': ['ERROR', 'The session has expired.'],
  'idx.unknown.user': ['INFO', 'There is no account with this username.'],
  'idx.password.expired': ['INFO', 'Your password has expired.'],
  'idx.password.expiring.message': ['INFO', 'When your password expires, you cannot sign in.'],
  'oie.idx.invalid.request': ['ERROR', 'The step is not possible in the current state.'],
  tooManyRequests: ['ERROR', 'Too many requests.'],
} as const satisfies Record<string, readonly [IdxMessage['class'], string]>;

export type IdxMessageKey = keyof typeof texts;

export function idxMessage(key: IdxMessageKey): IdxMessage {
  const [level, message] = texts[key];
  return { message, i18n: { key, params: [] }, class: level };
}
