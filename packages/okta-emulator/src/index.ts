export type { TokenAlteration } from './access-token.ts';
export { authorizationResponse, javascriptRedirect } from './authorization-response.ts';
export { type AuthorityPem, issueCertificates, type TlsFlaw, type TlsIdentity } from './certificates.ts';
export { describeOrg, formatOrg, type OrgDescription } from './describe-org.ts';
export { dpopAlgorithms } from './dpop-proof.ts';
export { errorEnvelope, errorPage, oauthError, unknownOrg } from './error-responses.ts';
export { everyoneId } from './groups.ts';
export type { HealthState } from './health-state.ts';
export {
  emptyResponse,
  htmlResponse,
  jsonResponse,
  type OktaRequest,
  type OktaResponse,
  type ResponseHeaders,
  redirectResponse,
} from './http-message.ts';
export type { Effect, Match, ServedRequest } from './https-listener.ts';
export { cacheFolder, type KeptOrg, type OrgFiles, portInUse, startKeptOrg } from './kept-org.ts';
export { type OktaEmulator, type OktaOptions, startOktaEmulator, type TestUser } from './okta-emulator.ts';
export { type OktaErrorCode, oktaError } from './okta-errors.ts';
export { customServerIds, oktaId, type ServerId, serverIds } from './org.ts';
export { createIdentity, type OrgIdentity } from './org-identity.ts';
export { bucketFor, defaultLimits } from './rate-limits.ts';
export type { SamlApplicationName, SamlSettings } from './saml-applications.ts';
export type { SignInSettings } from './sign-in-settings.ts';
export { createPrivateJwk, generateSigningKey, type PrivateJwk } from './signing-keys.ts';
export type { ReportedStatus } from './status-page.ts';
export type { LogEvent, PastHappening } from './system-log.ts';
export type { Factor, User } from './users.ts';
