import type { Finding, Severity } from '../model/finding.ts';

/** The facts of a run about a failure. Causes and steps that do not fit are left out. */
export type Fact =
  /** The client that the request names authenticates with a secret, or with a key. */
  | 'uses a secret'
  | 'uses a key'
  /** An authorization request that the configuration does not let push (PAR). */
  | 'request not pushed'
  /** The domain is one of Okta's, and not a custom one. */
  | 'on an Okta domain'
  /** A host that is neither AWS's nor Okta's answered in the same run. */
  | 'our way works'
  /** The monitor runs where neither a proxy nor a network of the customer's is on the way. */
  | 'no network of yours'
  /** Okta answered another request of the same run. */
  | 'Okta answered elsewhere';

/** A cause or a step. It is left out if the run knows that it does not fit. */
export type ConditionalText =
  | string
  | { readonly text: string; readonly if: Fact }
  | { readonly text: string; readonly unless: Fact };

/** The text without its condition. */
export function textOf(text: ConditionalText): string {
  return typeof text === 'string' ? text : text.text;
}

/** The texts that fit the facts, in their order. */
export function fittingTexts(texts: readonly ConditionalText[], facts: ReadonlySet<Fact>): readonly string[] {
  const fits = (text: ConditionalText) =>
    typeof text === 'string' || ('if' in text ? facts.has(text.if) : !facts.has(text.unless));
  return texts.filter(fits).map(textOf);
}

/** The runbook's addition to a message. Readers fill in the words in capitals. */
export interface RunbookEntry {
  /** Who is affected, how, and since when they notice. */
  readonly impact?: string;
  /** A search of the System Log that shows how many real requests are affected, or who changed something. */
  readonly systemLog?: string;
  /** Commands that mend it. */
  readonly mend?: readonly string[];
}

/**
 * Everything that is said about a finding. Its code is its key in the table. A runbook text that is absent is that of the
 * fault domain.
 */
export interface FindingDefinition
  extends RunbookEntry,
    Pick<Finding, 'domain' | 'severity' | 'brief' | 'summary' | 'doc'> {
  /** Most likely first. */
  readonly causes: readonly ConditionalText[];
  readonly remedy: readonly ConditionalText[];
  /** What was seen shows that something is wrong, and not whose fault it is. The domain says who should look first. */
  readonly isFaultUnknown?: true;
  /** A warning of a passing probe about a failure that the probe itself does not see. */
  readonly failsElsewhere?: true;
  /** A notice: sent once for each thing and step, without a message at its end. See `Finding.once`. */
  readonly isToldOnce?: true;
  /**
   * Repeating the request makes it worse: it spends a limit that is used up, or sends the credentials of a user who may be
   * locked. No message has a command that does.
   */
  readonly isWorsenedByRepeating?: true;
  /** Replaces the severity if one document is affected, and everything else in the run works. */
  readonly severityOfOneDocument?: Severity;
  /** Replaces the severity unless it stops the whole org, or all sign-ins, or all tokens. */
  readonly severityOfPart?: Severity;
  /** A command or a manual check that confirms the cause without the monitor. Readers fill in the words in capitals. */
  readonly verify: string;
}

export const docs = {
  errors: 'https://developer.okta.com/docs/reference/error-codes/',
  status: 'https://status.okta.com/',
  workflows: 'https://help.okta.com/wf/en-us/content/topics/workflows/execute/flow-api-endpoint-token.htm',
  limits: 'https://developer.okta.com/docs/reference/rate-limits/',
  keys: 'https://developer.okta.com/docs/concepts/key-rotation/',
  policies: 'https://developer.okta.com/docs/guides/configure-access-policy/main/',
  servers: 'https://developer.okta.com/docs/concepts/auth-servers/',
  serviceApps: 'https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/main/',
  assertions: 'https://developer.okta.com/docs/guides/build-self-signed-jwt/js/main/',
  dpop: 'https://developer.okta.com/docs/guides/dpop/nonoktaresourceserver/main/',
  domains: 'https://developer.okta.com/docs/guides/custom-url-domain/main/',
  hooks: 'https://developer.okta.com/docs/concepts/inline-hooks/',
  apiTokens: 'https://developer.okta.com/docs/guides/create-an-api-token/main/',
  identityProviders: 'https://developer.okta.com/docs/concepts/identity-providers/',
  agents: 'https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AgentPools/',
  logStreams: 'https://developer.okta.com/docs/api/openapi/okta-management/management/tag/LogStream/',
  tokens: 'https://developer.okta.com/docs/guides/validate-access-tokens/dotnet/main/',
} as const;

export const failedOAuth = 'eventType sw "app.oauth2" and outcome.result eq "FAILURE"';
/** https://support.okta.com/help/s/article/dynamic-ip-zone-blocking-does-not-work-sign-in-page-still-accessible */
export const zonesTakeTime = 'Wait: a changed zone takes 30 min, an exemption 40, and answers alternate';

export const deploy = 'npm run deploy';

/** Stores a new value from a file, so that it is not in the shell's history. */
export const putSecret = [
  'umask 077; vi secret.json',
  'aws secretsmanager put-secret-value --secret-id NAME --secret-string file://secret.json && rm secret.json',
];
