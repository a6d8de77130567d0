import type { FindingCode } from '../../../functions/findings/finding.ts';
import type { FaultDomain } from '../../../functions/model/fault-domain.ts';

/** What the runbook says that a message cannot. Readers fill in the words in capitals. */
export interface RunbookEntry {
  /** Who is affected, how, and since when they notice. */
  readonly impact: string;
  /** A search of the System Log that shows how many real requests are affected, or who changed something. */
  readonly systemLog?: string;
  /** Commands that mend it. */
  readonly mend?: readonly string[];
}

/** What holds for a whole fault domain. */
export interface DomainEntry extends RunbookEntry {
  /** A text for a status page, for people who know nothing of Okta. Absent where users notice nothing. */
  readonly statusPage?: string;
}

const failedOAuth = 'eventType sw "app.oauth2" and outcome.result eq "FAILURE"';
const failedGrants = (reason: string) => `eventType sw "app.oauth2" and outcome.reason sw "${reason}"`;
const policyChanges = 'eventType sw "policy." or eventType sw "oauth2.as"';
const rateLimits =
  'eventType eq "system.org.rate_limit.violation" or eventType eq "system.client.rate_limit.violation" or eventType eq "core.concurrency.org.limit.violation"';

/** Stores a new value from a file, so that it is not in the shell's history. */
const putSecret = [
  'umask 077; vi secret.json',
  'aws secretsmanager put-secret-value --secret-id NAME --secret-string file://secret.json && rm secret.json',
];
const deploy = 'npm run deploy';
const showNetwork = 'aws lambda get-function-configuration --function-name okta-synthetics-flows --query VpcConfig';
const grantScope =
  'curl -X POST https://DOMAIN/api/v1/apps/APP/grants -H "Authorization: SSWS $API_TOKEN" -H "Content-Type: application/json" -d \'{"scopeId":"SCOPE","issuer":"https://DOMAIN"}\'';

/** What is known where the test user alone was seen to fail, and how to find out about others. */
const ofTestUser: Partial<RunbookEntry> = {
  impact:
    'The test user alone was seen. Whether others are affected is not known: compare with the sign-ins of others in the System Log.',
  systemLog: 'actor.alternateId eq "LOGIN" and (outcome.result eq "FAILURE" or outcome.result eq "DENY")',
};
/** The monitor tries again as soon as the secret has a new version. */
const testUserRefused = (first: string): Partial<RunbookEntry> => ({
  ...ofTestUser,
  mend: [`# ${first}`, ...putSecret],
});
const testUserStopped: Partial<RunbookEntry> = {
  impact:
    'The test user was stopped. Whoever the same policy or setting applies to is stopped too: look at its conditions.',
  systemLog: 'eventType eq "policy.evaluate_sign_on" or eventType sw "policy." or eventType sw "application."',
  mend: [],
};
const codeFailures = 'eventType sw "app.oauth2" and outcome.reason sw "invalid_grant"';

export const domainEntries: Readonly<Record<FaultDomain, DomainEntry>> = {
  okta: {
    impact:
      'Users who are signed in stay signed in until their session or token ends, and then fail. New sign-ins fail at once.',
    systemLog: failedOAuth,
    mend: [
      '# Nothing on your side mends Okta. While you wait, silence the alarm, and enable it again afterwards:',
      'aws cloudwatch disable-alarm-actions --alarm-names okta-synthetics/ORG/okta/page',
      'aws cloudwatch enable-alarm-actions --alarm-names okta-synthetics/ORG/okta/page',
    ],
    statusPage:
      'Since HH:MM UTC, signing in to some of our applications fails or is slow. The cause is at our identity provider, who is working on it. If you are signed in, please stay signed in. Next update at HH:MM UTC.',
  },
  network: {
    impact:
      'Whoever uses the same network path as the monitor cannot sign in. Users elsewhere may notice nothing: ask some of them.',
    mend: [showNetwork],
    statusPage:
      'Since HH:MM UTC, signing in from some networks fails. We are looking for the cause on the network. Other networks may work. Next update at HH:MM UTC.',
  },
  quota: {
    impact: 'Requests above the limit are refused, whoever sends them. A limit is whole again after a minute or less.',
    systemLog: rateLimits,
    mend: ['# If the monitor itself is the client: raise intervalMinutes in the configuration, and deploy.', deploy],
    statusPage:
      'Since HH:MM UTC, some sign-ins fail because of too many requests. Please wait a minute before you try again. Next update at HH:MM UTC.',
  },
  configuration: {
    impact: 'Applications with the same setting fail like the probe. Others notice nothing.',
    systemLog: policyChanges,
    mend: ['# If the configuration of the monitor is wrong: correct it, and deploy.', deploy],
    statusPage:
      'Since HH:MM UTC, some applications cannot sign users in because of a setting that we are correcting. Next update at HH:MM UTC.',
  },
  credentials: {
    impact: 'Whatever uses the same credential fails. As long as only the monitor does, users notice nothing.',
    systemLog:
      'eventType eq "app.oauth2.invalid_client_credentials" or eventType sw "app.oauth2.credentials.lifecycle"',
    mend: putSecret,
  },
  clock: {
    impact: 'A service with a wrong clock refuses valid tokens, or accepts expired ones.',
    mend: ['chronyc tracking', 'sudo chronyc makestep'],
  },
  monitor: {
    impact: 'Users notice nothing. But what the monitor does not check may fail unnoticed.',
    mend: [deploy],
  },
};

/** What is different for a finding from the rest of its fault domain. */
export const findingEntries: Readonly<Partial<Record<FindingCode, Partial<RunbookEntry>>>> = {
  'dns-not-resolved': { impact: 'New connections fail. Those that are open, and caches, hide it for some minutes.' },
  'certificate-untrusted': {
    impact: 'Browsers show a warning, and programs refuse to connect. On other networks there may be no problem.',
  },
  'slow-answer': { impact: 'Sign-in works and takes longer. Programs with short timeouts may fail.' },
  'read-only-mode': {
    impact: 'Sign-in and tokens work. Password changes, enrolment, provisioning and administration fail.',
    systemLog: 'eventType sw "user.lifecycle" and outcome.result eq "FAILURE"',
  },
  'keys-unusable': {
    impact:
      'Services accept tokens as long as they have the keys in a cache, often for hours, and then refuse them all.',
  },
  'signing-key-unpublished': {
    impact: 'Services refuse new tokens. Those issued before the rotation are still accepted.',
    systemLog: 'eventType eq "app.oauth2.as.key.rollover" or eventType eq "app.oauth2.key.rollover"',
  },
  'signature-invalid': { impact: 'Services refuse new tokens. Do not switch off their check of signatures.' },
  'token-inactive': {
    impact: 'Services that introspect tokens refuse them. Services that verify signatures accept them.',
    systemLog: 'eventType eq "app.oauth2.as.token.revoke" or eventType eq "app.oauth2.token.revoke"',
  },
  'announced-incident': { impact: 'What the announcement says. The probes show whether this org is affected.' },
  'status-unknown': { impact: 'None. Messages cannot say whether Okta has announced an incident.' },
  'client-rate-limited': { impact: 'One client, or one address, is refused. Others notice nothing.' },
  'too-many-at-once': { impact: 'Some requests are refused until others have ended, usually within seconds.' },
  'headroom-low': { impact: 'None yet. At this rate the limit may be used up within a minute.' },
  'headroom-critical': { impact: 'None yet. One more burst of requests, and Okta refuses everybody.' },
  'metadata-drifted': {
    impact:
      'Services that compare the issuer refuse new tokens. Clients that read the metadata at their start fail then.',
  },
  'custom-domain-certificate': {
    impact: 'Nobody can sign in at the custom domain. The okta.com host of the org still works.',
    systemLog: 'eventType sw "system.custom_url_domain"',
  },
  'api-access-management-missing': {
    impact: 'Every application that uses a custom authorization server gets no tokens. The Org server still works.',
  },
  'server-not-found': {
    impact: 'Every application of this authorization server gets no tokens.',
    systemLog: 'eventType sw "oauth2.as"',
    mend: [
      'curl -X POST https://DOMAIN/api/v1/authorizationServers/SERVER/lifecycle/activate -H "Authorization: SSWS $API_TOKEN"',
    ],
  },
  'custom-scope-at-org-server': { systemLog: failedGrants('illegal_custom_scope') },
  'scope-unknown': { systemLog: failedGrants('no_matching_scope') },
  'okta-scope-not-granted': { systemLog: failedGrants('no_org_scopes_granted'), mend: [grantScope] },
  'policy-refused': { systemLog: failedGrants('no_matching_policy') },
  'network-zone-refused': { systemLog: 'eventType sw "zone." or eventType eq "security.request.blocked"' },
  'access-refused': { systemLog: failedOAuth },
  'redirect-uri-refused': {
    impact: 'Nobody can sign in to the application with this redirect URI. They see an error page of Okta.',
    systemLog: failedGrants('illegal_redirect_uri'),
  },
  'inline-hook-failed': {
    impact: 'Whatever the hook is for fails: tokens of a server, or sign-ins.',
    systemLog: 'eventType sw "inline_hook" and outcome.result eq "FAILURE"',
  },
  'api-scope-missing': { mend: [grantScope] },
  'admin-role-missing': {
    impact: 'Only the monitor, unless others use the same credential. Rate limits are not watched meanwhile.',
    systemLog: 'eventType sw "user.account.privilege"',
  },
  'negative-test-failed': {
    impact: 'None that users notice. An attacker may get tokens or codes: treat it as a security incident.',
    systemLog: 'eventType sw "application.lifecycle" or eventType sw "oauth2.as"',
  },
  'client-refused': {
    systemLog: 'eventType eq "app.oauth2.invalid_client_credentials" or eventType sw "application.lifecycle"',
    mend: ['# secret.json holds {"clientSecret": "…"} or {"privateKey": …}', ...putSecret],
  },
  'assertion-refused': { mend: ['# secret.json holds {"privateKey": …}, with its kid', ...putSecret] },
  'api-token-refused': {
    impact: 'Whatever uses the same API token fails. Rate limits are not watched meanwhile.',
    systemLog: 'eventType sw "system.api_token"',
    mend: ['# secret.json holds {"apiToken": "…"}', ...putSecret],
  },
  'access-token-refused': {
    systemLog: 'eventType eq "app.oauth2.token.revoke" or eventType sw "application.lifecycle"',
  },
  'certificate-expires-soon': {
    impact: 'None yet. When it expires, nobody can sign in at this domain.',
    systemLog: 'eventType sw "system.custom_url_domain"',
    mend: [],
  },
  'certificate-expires-now': {
    impact: 'None yet. When it expires, nobody can sign in at this domain.',
    systemLog: 'eventType sw "system.custom_url_domain"',
    mend: [],
  },
  'secret-unreadable': {
    mend: [
      'aws secretsmanager list-secrets --filters Key=name,Values=okta-synthetics',
      '# secret.json holds {"clientSecret": "…"}, {"privateKey": …} or {"apiToken": "…"}',
      ...putSecret,
    ],
  },
  'insecure-environment': {
    impact: 'None while the monitor runs alone: it verifies all certificates. Other code in the function may not.',
    mend: [
      '# environment.json holds all variables of the function but this one',
      'aws lambda update-function-configuration --function-name okta-synthetics-flows --environment file://environment.json',
    ],
  },
  'metrics-refused': {
    impact: 'None: CloudWatch takes the metrics from the log. Alarms may fire a few minutes late.',
    mend: ['aws lambda get-function-configuration --function-name okta-synthetics-flows --query Role', deploy],
  },
  'state-refused': {
    impact: 'None: messages are written from the log. A recovery is told when the alarm resolves, and not earlier.',
    mend: ['aws dynamodb describe-table --table-name okta-synthetics-state', deploy],
  },
  'user-password-refused': testUserRefused(
    'secret.json holds {"password": "…"}, and "totpSecret" if a code is asked for:',
  ),
  'user-locked': {
    ...testUserRefused('Unlock the user. Then store its secret again, so that the monitor tries again:'),
    systemLog: 'eventType eq "user.account.lock" or eventType eq "user.account.unlock"',
  },
  'user-password-expired': testUserRefused('Set a new password, and store it:'),
  'factor-refused': testUserRefused('Enroll the factor again, and store its key as "totpSecret" beside the password:'),
  'factor-locked': testUserRefused('Reset the factor and enroll it again. Then store its key beside the password:'),
  'user-not-assigned': {
    ...testUserStopped,
    impact: 'The test user. If its group lost the application, so did the other members of the group.',
    systemLog: 'eventType sw "application.user_membership" or eventType sw "group.application_assignment"',
  },
  'sign-in-denied': testUserStopped,
  'factor-unexpected': testUserStopped,
  'factor-missing': testUserStopped,
  'enrollment-demanded': testUserStopped,
  'consent-demanded': testUserStopped,
  'captcha-demanded': testUserStopped,
  'routed-elsewhere': testUserStopped,
  'sign-in-page-unknown': testUserStopped,
  'sign-in-step-unknown': { ...ofTestUser, mend: [] },
  'sign-in-undecided': testUserRefused('Mend what the earlier findings name. Then store the secret again:'),
  'sign-in-expired': { impact: 'Nobody can sign in, as far as one sign-in shows. Those who are signed in stay so.' },
  'session-not-honored': {
    impact: 'Users sign in again at each application.',
    systemLog: 'eventType eq "policy.evaluate_sign_on" and outcome.result eq "CHALLENGE"',
    mend: [],
  },
  'code-refused': {
    impact:
      'Users sign in, come back to the application and see its error page. Those who are signed in notice nothing.',
    systemLog: codeFailures,
  },
  'id-token-missing': { impact: 'Applications do not learn who signed in, and refuse the sign-in.', mend: [] },
  'nonce-mismatch': { impact: 'Applications that compare the nonce refuse the sign-in. All of them should.' },
  'access-token-hash-mismatch': { impact: 'Applications that compare at_hash refuse the sign-in.' },
  'authentication-stale': { impact: 'Applications that demand a recent sign-in (max_age) refuse it.' },
  'authentication-mismatch': { impact: 'Applications that demand a factor (amr) refuse the sign-in.', mend: [] },
  'id-token-claim-missing': {
    impact:
      'Applications that identify users by the claim create duplicates, show the wrong data or refuse the sign-in.',
    systemLog: 'eventType sw "oauth2.as" or eventType sw "oauth2.claim" or eventType sw "application.lifecycle"',
    mend: [],
  },
  'userinfo-claim-missing': {
    impact: 'Applications that read the claim from userinfo show the wrong data or refuse the sign-in.',
    systemLog: 'eventType sw "oauth2.as" or eventType sw "oauth2.claim" or eventType sw "application.lifecycle"',
    mend: [],
  },
  'userinfo-mismatch': {
    impact: 'Applications may show somebody the data of somebody else: treat it as a security incident.',
  },
  'refresh-token-missing': {
    impact: 'Users sign in again when the access token expires, often after an hour.',
    mend: [],
  },
  'refresh-refused': {
    impact: 'Users are signed out when the access token expires, often after an hour.',
    systemLog: codeFailures,
  },
  'refresh-rotation-unexpected': {
    impact:
      'Applications that keep an old refresh token lose the sign-in; rotation that was switched off protects nobody.',
    systemLog: 'eventType sw "application.lifecycle"',
    mend: [],
  },
  'revoked-token-active': {
    impact: 'None that users notice. A stolen token works until it expires: treat it as a security incident.',
    systemLog: 'eventType sw "app.oauth2" and eventType co "token.revoke"',
  },
  'sign-out-without-effect': {
    impact: 'Whoever uses the same browser next enters as the user before: treat it as a security incident.',
    systemLog: 'eventType eq "user.session.end"',
  },
  'out-of-time': { mend: ['# Lower timeoutMs in the configuration, and deploy.', deploy] },
};
