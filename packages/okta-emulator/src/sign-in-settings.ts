import { addedTo } from './org.ts';
/** How an org signs its users in, and in which way it fails to. Each can be altered while the org runs. */
export interface SignInSettings {
  /** The pipeline of the org: Identity Engine, or the Classic engine. */
  readonly engine: 'idx' | 'classic';
  /** Whether the org has a license for custom servers. */
  readonly apiAccessManagement: boolean;

  /** Whether the first page of Identity Engine asks for the password too. */
  readonly passwordOnFirstPage: boolean;
  /** Whether the first page says that it does not know a user. */
  readonly unknownUsersShown: boolean;
  /** Wrong passwords in a row that lock a user out. */
  readonly maxAttempts: number;
  /** Classic engine: whether a user who is locked out is told so. Identity Engine never tells. */
  readonly lockoutShown: boolean;
  /** The days before the expiry of a password from which its user is warned. */
  readonly expireWarnDays: number;
  /** The options of a user without the factor that the policy demands. */
  readonly enrollment: 'required' | 'optional' | 'unavailable';

  /** A test on the first page that only a human passes. */
  readonly captcha?: 'HCAPTCHA' | 'RECAPTCHA_V2' | 'ALTCHA';
  /** The identity provider that a routing rule sends all users to. */
  readonly identityProvider?: string;
  /** Whether the application asks for consent after the sign-in. */
  readonly consent: boolean;
  /** Whether users are asked after the sign-in if they want to stay signed in. */
  readonly keepMeSignedInPrompt: boolean;
  /** Whether Identity Engine first looks for Okta FastPass on the device. */
  readonly deviceChallenge: boolean;
  /** The name of a remediation that no client knows, after the password. */
  readonly unknownRemediation?: string;
  /** Whether something in front of the org refuses every step of a sign-in. */
  readonly networkBlocked: boolean;
  /** Whether ThreatInsight refuses the address of every request to sign in, before it looks at the user. */
  readonly addressSuspicious: boolean;
  /** Whether the sign-in page has the state token that Okta's own page has. */
  readonly stateTokenInPage: boolean;

  /** Whether requests of one user are limited, besides those of the org. */
  readonly userLimits: boolean;

  /** Whether /authorize knows the sessions of the org. */
  readonly sessionsHonored: boolean;
  /** Whether a sign-out ends the session. */
  readonly signOutEffective: boolean;
  /** Whether the token endpoint takes authorization codes. */
  readonly codesAccepted: boolean;
  /** Whether /revoke revokes. */
  readonly revocationEffective: boolean;

  /** Seconds between two polls of a device whose user signs in elsewhere. */
  readonly devicePollSeconds: number;
  /** Whether the token endpoint takes refresh tokens. */
  readonly refreshTokensAccepted: boolean;
  /** Whether a refresh token is replaced at each use. By default, it is for clients without a secret only. */
  readonly refreshTokenRotation?: 'ROTATE' | 'STATIC';
  /** Seconds in which a replaced refresh token still works. */
  readonly refreshTokenLeewaySeconds: number;

  /** Whether ID tokens have all claims of their scopes, or leave most to /userinfo as they do with an access token. */
  readonly idToken: 'thin' | 'fat';
  /** Claims of the custom servers besides the standard ones. */
  readonly customClaims: readonly CustomClaim[];
  /** Whether applications may sign users in on pages of their own. Then nothing without a prompt is `interaction_required`. */
  readonly interactionCode: boolean;
  /** Whether authorization requests must be pushed (RFC 9126). */
  readonly pushedRequestsRequired: boolean;
}

interface CustomClaim {
  readonly name: string;
  /** The attribute of the user. There is no claim for a user without it. */
  readonly attribute: 'department' | 'costCenter' | 'login' | 'email';
  /** If it is false, the claim is missing in ID tokens that come with an access token. */
  readonly alwaysIncludeInToken: boolean;
  /** The scopes of which the claim needs one. If empty, any scope is enough. */
  readonly scopes: readonly string[];
}

const defaults: SignInSettings = {
  engine: 'idx',
  apiAccessManagement: true,
  passwordOnFirstPage: true,
  unknownUsersShown: false,
  maxAttempts: 10,
  lockoutShown: false,
  expireWarnDays: 5,
  enrollment: 'required',
  consent: false,
  keepMeSignedInPrompt: false,
  deviceChallenge: false,
  networkBlocked: false,
  addressSuspicious: false,
  stateTokenInPage: true,
  userLimits: true,
  sessionsHonored: true,
  signOutEffective: true,
  codesAccepted: true,
  revocationEffective: true,
  devicePollSeconds: 5,
  refreshTokensAccepted: true,
  refreshTokenLeewaySeconds: 30,
  idToken: 'thin',
  customClaims: [
    { name: 'department', attribute: 'department', alwaysIncludeInToken: true, scopes: [] },
    { name: 'costCenter', attribute: 'costCenter', alwaysIncludeInToken: false, scopes: ['profile'] },
  ],
  interactionCode: false,
  pushedRequestsRequired: false,
};

/** The settings of an org. The last alteration of a setting applies. */
export function createSignInSettings(given: Partial<SignInSettings> = {}) {
  const alterations = new Set<Partial<SignInSettings>>([given]);
  return {
    current: (): SignInSettings => Object.assign({}, defaults, ...alterations),

    /** Changes settings from now on. Returns a function that ends this. */
    alter(changes: Partial<SignInSettings>): () => void {
      return addedTo(alterations, { ...changes });
    },
  };
}
