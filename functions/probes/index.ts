import type { Probe } from '../model/probe.ts';
import { agents } from './agents.ts';
import { apiAccess } from './api-access.ts';
import { authorize } from './authorize.ts';
import { certificates } from './certificates.ts';
import { clientSecrets } from './client-secrets.ts';
import { code } from './code.ts';
import { discovery } from './discovery.ts';
import { domains } from './domains.ts';
import { hooks } from './hooks.ts';
import { idToken } from './id-token.ts';
import { introspect } from './introspect.ts';
import { keys } from './keys.ts';
import { logLimits } from './log-limits.ts';
import { organization } from './organization.ts';
import { ownEvents } from './own-events.ts';
import { rateLimits } from './rate-limits.ts';
import { refresh } from './refresh.ts';
import { refreshReuse } from './refresh-reuse.ts';
import { refusesCustomScope } from './refuses-custom-scope.ts';
import { refusesUnknownRedirectUri } from './refuses-unknown-redirect-uri.ts';
import { serviceResource, userResource } from './resource.ts';
import { revoke } from './revoke.ts';
import { saml } from './saml.ts';
import { signIn } from './sign-in.ts';
import { signInAssets } from './sign-in-assets.ts';
import { signOut } from './sign-out.ts';
import { signingKeys } from './signing-keys.ts';
import { singleSignOn } from './single-sign-on.ts';
import { statusPage } from './status-page.ts';
import { systemLog as readSystemLog } from './system-log.ts';
import { token } from './token.ts';
import { userSignIns } from './user-sign-ins.ts';
import { userinfo } from './userinfo.ts';
import { verify } from './verify.ts';
import { workflow } from './workflow.ts';

/** The probes of each group. To add a probe, import it and add it to a list. Each function bundles its own list only. */
export const flows: readonly Probe[] = [
  // In the order of reports and docs/probes.md.
  organization,
  discovery,
  keys,
  authorize,
  signInAssets,
  token,
  verify,
  introspect,
  serviceResource,
];
export const limits: readonly Probe[] = [rateLimits];
export const status: readonly Probe[] = [statusPage];
export const journey: readonly Probe[] = [
  signIn,
  saml,
  singleSignOn,
  code,
  idToken,
  userinfo,
  userResource,
  refresh,
  revoke,
  signOut,
  refreshReuse,
];
export const health: readonly Probe[] = [
  apiAccess,
  certificates,
  domains,
  clientSecrets,
  agents,
  hooks,
  signingKeys,
  workflow,
];
export const systemLog: readonly Probe[] = [readSystemLog, logLimits, userSignIns, ownEvents];
export const negativeTests: readonly Probe[] = [refusesCustomScope, refusesUnknownRedirectUri];

const all = [flows, limits, status, journey, health, systemLog, negativeTests];

export const probes: readonly Probe[] = /* @__PURE__ */ all.flat();
