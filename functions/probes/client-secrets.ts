import { finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { Org } from '../model/org.ts';
import { defineProbe } from '../model/probe.ts';
import { itemUrl, mayRead } from '../okta/endpoints.ts';
import { wholeDays } from '../okta/expiry.ts';
import { idAt, shownName, textAt } from '../okta/json-fields.ts';
import {
  type ApiToken,
  type ClientCredential,
  parseApiTokens,
  parseClientCredentials,
  signingKeysIn,
} from '../okta/management-answers.ts';
import { type ApiContext, type ApiReader, healthOf, openApiReader } from './api-reader.ts';
import { type Expiring, expiryFindings } from './expiry-finding.ts';

/** How long two active secrets or keys may be a rotation that goes on. */
const rotationDays = 30;

/** An API token that was used within the last two weeks is in use. Okta revokes it after thirty days without. */
const inUseDays = 15;

const mostOwners = 5;

/** The application whose key the monitor uses, and those that the configuration names. */
function clientsOf({ api, health }: Org): readonly string[] {
  return [...new Set([...(api?.kind === 'client' ? [api.clientId] : []), ...(health?.clients ?? [])])];
}

/**
 * Checks the secrets and keys of applications, which never expire in Okta, and API tokens, which expire when
 * they are not used.
 *
 * Trap: Okta answers with secrets in clear text, and logs an event for it. They are read only with `readSecrets`, and
 * nothing of them but their id, status and age is kept.
 */
export const clientSecrets = defineProbe({
  id: 'client-secrets',
  question: 'Are client secrets, keys and API tokens rotated and in use?',
  group: 'health',
  scope: 'org',
  requires: ['api', 'health'],
  apiScopes: { anyOf: ['okta.apps.read', 'okta.apiTokens.read'] },
  inputs: ['apiAccess'],
  requests: ['api-tokens'],
  configuredRequests: {
    words:
      "the application and its keys, of the monitor's own client and each of `health.clients`, and with `health.readSecrets` its secrets; with the scope `okta.users.read`, five owners of API tokens",
    of: (org) => [
      ...clientsOf(org).flatMap(() => [
        ...(['application', 'client-keys'] as const),
        ...(org.health?.readSecrets ? ['client-secrets' as const] : []),
      ]),
      ...(mayRead(org, 'api-tokens') ? Array.from({ length: mostOwners }, () => 'user' as const) : []),
    ],
  },
  timed: false,
  metrics: {},
  async run(context) {
    const api = openApiReader(context, 'client-secrets');
    const warnings = [...(await ofClients(context, api)), ...(await ofApiTokens(context, api))];
    return api.resultWith(warnings);
  },
});

async function ofClients({ org }: ApiContext, api: ApiReader): Promise<readonly Finding[]> {
  const { readSecrets, maxAgeDays, ignored = [] } = healthOf(org);
  const found: Finding[] = [];
  for (const id of clientsOf(org)) {
    if (ignored.includes(id) || !api.hasTime()) continue;
    const application = await api.item(`application ${id}`, 'application', itemUrl(org.domain, 'application', id));
    if (application === undefined) break;
    if (application === 'missing') {
      const comparisons = [{ name: 'application', expected: id, found: 'not found' }];
      found.push(finding('application-not-found', { detail: id, comparisons, once: [`${id}#missing`] }));
      continue;
    }
    api.mended.push(`${id}#missing`);
    const name = shownName(application, id, 'label');
    const judge = (what: string, credentials: readonly ClientCredential[]) => {
      const judged = judgeCredentials({ id, name, what }, credentials, api.time(), maxAgeDays);
      const isUnfinished = judged.some(({ code }) => code === 'client-rotation-unfinished');
      if (credentials.length > 0 && !isUnfinished) api.mended.push(`${id}/${what}#two`);
      found.push(...judged);
    };
    const keys = await api.list(`keys of ${name}`, 'client-keys', {
      url: itemUrl(org.domain, 'client-keys', id),
      within: signingKeysIn,
    });
    const parsed = parseClientCredentials(keys ?? []);
    if (parsed.length > 0 && !parsed.some(({ isActive }) => isActive)) {
      const comparisons = [
        { name: `keys of ${name}`, expected: 'one that is ACTIVE', found: `${parsed.length} INACTIVE` },
      ];
      found.push(finding('client-keys-inactive', { detail: name, comparisons }));
    }
    judge('key', parsed);
    if (!readSecrets) continue;
    const secrets = await api.list(`secrets of ${name}`, 'client-secrets', {
      url: itemUrl(org.domain, 'client-secrets', id),
    });
    judge('secret', parseClientCredentials(secrets ?? []));
  }
  return found;
}

interface Subject {
  readonly id: string;
  readonly name: string;
  readonly what: string;
}

function judgeCredentials(
  { id, name, what }: Subject,
  credentials: readonly ClientCredential[],
  now: number,
  maxAgeDays: number,
): readonly Finding[] {
  const active = credentials.filter(({ isActive, created }) => isActive && created !== undefined);
  const ages = active.map(({ created = now }) => wholeDays(created, now));
  const [newest] = active.toSorted((one, other) => (other.created ?? 0) - (one.created ?? 0));
  if (!newest) return [];
  const youngest = Math.min(...ages);
  const old = {
    ...{ detail: `${what} of ${name}: ${youngest} days old`, once: [`${id}/${newest.id}#old`] },
    comparisons: [
      { name: `age of the ${what} of ${name}`, expected: `at most ${maxAgeDays} days`, found: `${youngest} days` },
    ],
  };
  const two = {
    ...{ detail: `${active.length} active ${what}s of ${name}`, once: [`${id}/${what}#two`] },
    comparisons: [
      {
        ...{ name: `active ${what}s of ${name}`, expected: `one, ${rotationDays} days after a rotation` },
        found: `${active.length}, the newest of them ${youngest} days old`,
      },
    ],
  };
  return [
    ...(active.length > 1 && youngest > rotationDays ? [finding('client-rotation-unfinished', two)] : []),
    ...(youngest > maxAgeDays ? [finding('client-credential-old', old)] : []),
  ];
}

async function ofApiTokens(context: ApiContext, api: ApiReader): Promise<readonly Finding[]> {
  const { org } = context;
  const { ignored = [], expiryDays } = healthOf(org);
  const items = await api.list('API tokens', 'api-tokens');
  const tokens = parseApiTokens(items ?? []).filter(({ id }) => !ignored.includes(id));
  const unrestricted = tokens.filter(({ isUnrestricted }) => isUnrestricted).length;
  if (unrestricted > 0) api.notes.push(`${unrestricted} of ${tokens.length} API tokens work from any address`);
  const unknown = tokens.filter(({ expiresAt }) => expiresAt === undefined).map(({ name }) => name);
  if (unknown.length > 0) api.notes.push(`not known: when API tokens expire: ${unknown.slice(0, 20).join(', ')}`);
  // An unused token stops no sign-in, so it is no page.
  const steps = [...expiryDays.ticket, ...expiryDays.page].filter((days) => days < inUseDays);
  return [
    ...tokens.flatMap(({ id, name, expiresAt }) =>
      expiresAt === undefined || steps.length === 0
        ? []
        : expiryFindings('api-token-expires', expiring(id, name, expiresAt), api.time(), { ticket: steps, page: [] }),
    ),
    ...(await ofOwners(context, api, tokens)),
  ];
}

/** Each use of a token moves its expiry, and each expiry is announced. */
function expiring(id: string, name: string, at: number): Expiring {
  return { id: `${id}/${new Date(at).toISOString().slice(0, 10)}`, what: `API token ${name}`, at };
}

async function ofOwners({ org }: ApiContext, api: ApiReader, tokens: readonly ApiToken[]): Promise<readonly Finding[]> {
  const owners = [...new Set(tokens.flatMap(({ owner }) => owner ?? []))];
  if (owners.length > mostOwners) api.notes.push(`the owners of ${mostOwners} of ${owners.length} are looked up`);
  const found: Finding[] = [];
  for (const owner of owners.slice(0, mostOwners)) {
    if (!api.hasTime()) break;
    const user = await api.item('owners of API tokens', 'user', itemUrl(org.domain, 'user', owner));
    if (user === undefined) break;
    const status =
      user === 'missing' ? 'deleted' : (/^[A-Z_]{1,30}$/.exec(textAt(user, 'status') ?? '')?.[0] ?? 'unknown');
    // Reads nothing else about the person. An owner who must change the password can still do so.
    const isInactive = ['deleted', 'DEPROVISIONED', 'SUSPENDED'].includes(status);
    for (const { id, name } of tokens.filter((token) => token.owner === owner)) {
      if (!isInactive) {
        if (status !== 'unknown') api.mended.push(`${id}#owner`);
        continue;
      }
      const comparisons = [
        { name: `owner ${idAt({ owner }, 'owner')} of API token ${name}`, expected: 'ACTIVE', found: status },
      ];
      found.push(
        finding('api-token-owner-inactive', { detail: `API token ${name}`, comparisons, once: [`${id}#owner`] }),
      );
    }
  }
  return found;
}
