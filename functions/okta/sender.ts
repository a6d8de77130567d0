import type { Exchange, OktaError, SenderMarks } from '../model/exchange.ts';
import type { Endpoint } from '../model/probe.ts';
import { readAuthorizeAnswer } from './authorize-answer.ts';
import { locate } from './endpoints.ts';
import { isOktaHost } from './okta-domains.ts';
import { isUnknownHost } from './okta-error.ts';
import { parseWwwAuthenticate } from './www-authenticate.ts';

/** Who sent a response. `unknown` means that it may be Okta's own edge or something in between; `resource` is your own API. */
export const senders = ['okta', 'intermediary', 'unknown', 'nobody', 'resource'] as const;

export interface Ascription {
  readonly by: (typeof senders)[number];
  /** The evidence, or its absence, in words. */
  readonly because: readonly string[];
}

/**
 * Who sent the response of an exchange. Blame needs this: a proxy can word any error that Okta can.
 *
 * Trap: Okta's own edge may answer without a request id, as for an unknown host (404) or a wrong method (405). So a
 * missing id alone proves nothing. An id proves Okta even if a CDN's marks are there, because the CDN passed it on.
 * https://developer.okta.com/docs/api/#request-debugging
 */
export function ascribe(exchange: Exchange): Ascription {
  const { status, failure, sender = {} } = exchange;
  if (status === undefined) return { by: 'nobody', because: [failure ? failure.code : 'no response'] };
  if (exchange.ofResource) return { by: 'resource', because: ['its URL is that of "resource"'] };
  const proof = proofOfOkta(exchange);
  if (proof.length > 0) return { by: 'okta', because: proof };
  const { words, protocol, page } = hintsOfOkta(exchange);
  const hints = [...words, ...protocol, ...page];
  const own = ownMarks(exchange, status);
  const passed = passingMarks(sender);
  if (own.length === 0 && (words.length > 0 || (protocol.length > 0 && passed.length === 0)))
    return { by: 'okta', because: hints };
  const marks = [...own, ...passed];
  const because = ['no X-Okta-Request-Id', ...(marks.length > 0 ? marks : neutralMarks(sender)), ...hints];
  const isForeign = hints.length === 0 && (marks.length > 0 || !mayLackId(status));
  return { by: isForeign ? 'intermediary' : 'unknown', because };
}

/**
 * Weaker signs: only Okta words an error as its catalog does, but another provider may speak the same protocol, and any page
 * may load Okta's scripts.
 */
function hintsOfOkta({ url, error, sender = {} }: Exchange) {
  return {
    page: sender.hints ?? [],
    words: isCatalogText(error, url) ? ["a text of Okta's error catalog"] : [],
    protocol: [
      ...(isProtocolError(error, url) ? [`the OAuth error ${error?.error}`] : []),
      ...(sender.protocol ? ['an answer in the protocol of this endpoint'] : []),
    ],
  };
}

/**
 * Whether Okta's edge may answer with this status and without a request id. With all other statuses below 500, Okta sends
 * an id or an error envelope (counted in recorded traffic).
 */
function mayLackId(status: number): boolean {
  return status >= 500 || [404, 405, 408, 413, 414, 429, 431].includes(status);
}

/** What only Okta sends: the more there is, the better it can be told. */
export function proofOfOkta({ requestId, error, sender }: Exchange): readonly string[] {
  return [
    ...(requestId === undefined ? [] : ['X-Okta-Request-Id']),
    ...(isOktaEnvelope(error) ? [`Okta's error envelope, ${error?.errorCode}`] : []),
    ...(error?.shape === 'callback' ? ['the callback returns our state'] : []),
    ...(sender?.okta ?? []),
  ];
}

function isOktaEnvelope(error: OktaError | undefined): boolean {
  return error?.shape === 'envelope' && /^E\d{7}$/.test(error.errorCode ?? '');
}

/** Whether the error quotes Okta's catalog in words that only Okta uses, unlike `Internal Server Error`. */
function isCatalogText({ shape, reason, description = '' }: OktaError = { shape: 'other' }, url: string): boolean {
  // Okta answers with pages at /authorize only. Elsewhere a proxy's page may quote the blocked answer.
  if (shape === 'html' && locate(url)?.endpoint !== 'authorize') return false;
  const ofOkta =
    /client_assertion|redirect_uri|client_id|grant_type|authorization server|client credentials|permitted network|policy (evaluation|configuration)|scopes|prompt|PKCE|DPoP|callout|callback service/i;
  return reason !== undefined && ofOkta.test(description);
}

/**
 * Whether this is an OAuth error where OAuth is spoken. Gateways also word a refusal as `access_denied` or a fault as
 * `server_error`, so those codes prove nothing.
 */
function isProtocolError({ shape, error = '' }: OktaError = { shape: 'other' }, url: string): boolean {
  const endpoint = locate(url)?.endpoint;
  return (
    shape === 'oauth' &&
    (endpoint === 'token' || endpoint === 'introspect' || endpoint === 'par' || endpoint === 'authorize') &&
    /^(invalid_(client|scope|grant|dpop_proof)|unsupported_(grant_type|response_type|token_type)|unauthorized_client|consent_required|use_dpop_nonce)$/.test(
      error,
    )
  );
}

/** Schemes of authentication that Okta never asks for (RFC 4559, RFC 7616). */
const foreignSchemes = /^(NTLM|Negotiate|Kerberos|Digest)$/i;
const schemes = /^(Basic|Bearer|DPoP|NTLM|Negotiate|Kerberos|Digest)$/i;

/** Whether Okta sent the response: the fault domains that blame Okta or its settings need that. */
export function isFromOkta(exchange: Exchange): boolean {
  return ascribe(exchange).by === 'okta';
}

/**
 * Whether an answer has no mark of anything: Okta's own edge may have sent it, and so may something in between. Marks of Okta,
 * of a product, or of something that the answer passed show more.
 */
export function isUnmarked(exchange: Exchange): boolean {
  const { status, sender = {}, ofResource = false } = exchange;
  if (status === undefined || ofResource || ascribe(exchange).by === 'okta') return false;
  return ownMarks(exchange, status).length === 0 && passingMarks(sender).length === 0;
}

/** Statuses that only something in between sends (RFC 9110, 15.5.8; RFC 6585, 6; RFC 7725). */
const intermediaryStatuses: Readonly<Record<number, string>> = {
  407: 'status 407, which only a proxy sends',
  451: 'status 451, a block for legal reasons',
  511: 'status 511, which only a captive portal sends',
};

/** Web servers, load balancers and CDNs have statuses of their own: 495 of nginx, 460 of AWS, 522 of Cloudflare. */
function isOwnStatus(status: number): boolean {
  return (status > 431 && status < 500) || status > 511;
}

/** Public endpoints, at which Okta asks for no authentication. */
const publicEndpoints: readonly (Endpoint | undefined)[] = ['organization', 'discovery', 'keys', 'authorize'];

/** Marks of a sender that acts itself: it blocks, or demands its own sign-on. */
function ownMarks({ url, sender = {} }: Exchange, status: number): readonly string[] {
  const { redirect, challenges = [], intermediary = [] } = sender;
  const isPublic = publicEndpoints.includes(locate(url)?.endpoint);
  const challenge = challenges.find((scheme) => foreignSchemes.test(scheme) || isPublic);
  return [
    intermediaryStatuses[status] ?? (isOwnStatus(status) ? `status ${status}, which Okta does not send` : undefined),
    challenge && `asks for ${challenge} authentication${isPublic ? ' at a public address' : ''}`,
    redirect && `redirects to ${redirect}`,
    ...intermediary,
  ].filter((mark) => mark !== undefined && mark !== '') as readonly string[];
}

/** What shows that a response passed something, which need not have sent it. */
function passingMarks({ server, via, passed = [] }: SenderMarks): readonly string[] {
  return [isForeignServer(server) && `server: ${server}`, via && `via: ${via}`, ...passed].filter(
    (mark) => typeof mark === 'string' && mark !== '',
  ) as readonly string[];
}

/**
 * Okta's hosts answer with `nginx`, its front for unknown hosts with `Apache`, both without a version. Okta runs on AWS, so
 * an AWS load balancer may be Okta's own.
 */
function isForeignServer(server: string | undefined): boolean {
  return server !== undefined && !/^(nginx|apache|awselb(\/[\d.]+)?|okta)$/i.test(server);
}

function neutralMarks({ server, mediaType }: SenderMarks): readonly string[] {
  return [server && `server: ${server}`, mediaType && `content type ${mediaType}`].filter(
    (mark) => mark !== undefined && mark !== '',
  ) as readonly string[];
}

/** A response, with the URL of its request in full: the query of /authorize names the redirect URI. */
interface SentResponse {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

function mediaTypeOf(headers: Headers): string | undefined {
  return /^\s*((?:text|application)\/(?:html|plain|xml|json|xhtml\+xml|problem\+json))/i
    .exec(headers.get('content-type') ?? '')?.[1]
    ?.toLowerCase();
}

/** Returns the known schemes of the challenges. The member is absent without a challenge. */
function challengesIn(headers: Headers): Pick<SenderMarks, 'challenges'> {
  const found = ['www-authenticate', 'proxy-authenticate'].flatMap((name) =>
    parseWwwAuthenticate(headers.get(name) ?? '').map(({ scheme }) => scheme),
  );
  if (found.length === 0) return {};
  return { challenges: [...new Set(found)].filter((scheme) => schemes.test(scheme)).slice(0, 5) };
}

/** Reads the marks of a response. The body is read only for the names of products, and never kept. */
export function readSender(response: SentResponse): SenderMarks {
  const { url, headers, body } = response;
  const isProtocol = isProtocolAnswer(response);
  const server = productIn(headers.get('server'));
  const via = productIn(headers.get('via'));
  const mediaType = mediaTypeOf(headers);
  const redirect = isProtocol ? undefined : foreignOrigin(headers.get('location') ?? refreshOf(body), url);
  const challenges = challengesIn(headers);
  const okta = oktaMarks(url, headers, body);
  const hints = hintsOfPage(headers, body);
  const passed = headerMarks(headers);
  const intermediary = headers.has('proxy-authenticate') ? ['Proxy-Authenticate'] : [];
  const page = pageMark(body) ?? pageMark(headers.get('www-authenticate') ?? '');
  if (page) intermediary.push(page);
  return {
    ...(server && { server }),
    ...(via && { via }),
    ...(mediaType && { mediaType }),
    ...(redirect && { redirect }),
    ...challenges,
    ...(isProtocol && { protocol: true }),
    ...(okta.length > 0 && { okta }),
    ...(hints.length > 0 && { hints }),
    ...(passed.length > 0 && { passed }),
    ...(intermediary.length > 0 && { intermediary }),
  };
}

/** Headers by which products name themselves, and what to call them. The value must match, if there is a pattern. */
const headersOfProducts: readonly (readonly [header: RegExp, product: string, value?: RegExp])[] = [
  [/^cf-(ray|mitigated|cache-status)$/, 'Cloudflare'],
  [/^x-amz-cf-(id|pop)$/, 'CloudFront'],
  [/^x-amzn-(waf-action|errortype)$|^x-amz-apigw-id$/, 'an AWS gateway'],
  [/^(x-akamai-|akamai-)/, 'Akamai'],
  [/^x-iinfo$|^x-cdn$/, 'Imperva', /^\d|incap|imperva/i],
  [/^x-squid-/, 'Squid'],
  [/^x-bluecoat-/, 'Blue Coat'],
  [/^x-sucuri-/, 'Sucuri'],
  [/^x-azure-ref$|^x-msedge-ref$/, 'Azure Front Door'],
  [/^x-(fastly|served-by|varnish|timer)/, 'Fastly or Varnish'],
  [/^x-(datadome|dd-b)/, 'DataDome'],
  [/^x-(envoy|istio)-/, 'Envoy'],
  [/^(x-)?kong-/, 'Kong'],
  [
    /^x-(zscaler|netskope|forcepoint|fortinet|fortigate|paloalto|mcafee|skyhigh|sophos|umbrella|websense|barracuda)/,
    'a web filter',
  ],
  [/^(x-)?(denied|block(ed)?)-reason$|^x-(proxy|waf|firewall)-/, 'a proxy or firewall'],
  [/^proxy-(status|connection|agent)$/, 'a proxy'],
  [
    /^set-cookie$/,
    'a load balancer or firewall',
    /(^|[\s,;])(visid_incap|incap_ses|__cf_bm|BIGipServer|ak_bmsc|_abck|datadome|citrix_ns_id|NSC_|barra_counter|sucuri_)/i,
  ],
];

function headerMarks(headers: Headers): readonly string[] {
  const found = [...headers].flatMap(([name, value]) =>
    headersOfProducts.flatMap(([header, product, pattern]) =>
      header.test(name) && (pattern?.test(value) ?? true) ? [`header ${name} of ${product}`] : [],
    ),
  );
  return found.slice(0, 4);
}

/** What pages of products between say about themselves, and what to call them. Only our own words are kept. */
const pagesOfProducts: readonly (readonly [text: RegExp, words: string])[] = [
  [/zscaler/i, 'a page of Zscaler'],
  [/netskope/i, 'a page of Netskope'],
  [/forcepoint|websense/i, 'a page of Forcepoint'],
  [/blue ?coat|proxysg/i, 'a page of Blue Coat'],
  [/mcafee|skyhigh|trellix/i, 'a page of Skyhigh or McAfee'],
  [/palo ?alto|globalprotect/i, 'a page of Palo Alto Networks'],
  [/forti(net|guard|gate|web)/i, 'a page of Fortinet'],
  [/check ?point (software|security|firewall)|usercheck/i, 'a page of Check Point'],
  [/sophos/i, 'a page of Sophos'],
  [/barracuda/i, 'a page of Barracuda'],
  [/cisco umbrella|opendns|cisco (secure )?web/i, 'a page of Cisco'],
  [/cloudflare|attention required!/i, 'a page of Cloudflare'],
  [/cloudfront/i, 'a page of CloudFront'],
  [/incapsula|imperva/i, 'a page of Imperva'],
  [/akamai|edgesuite|reference(\s|&#32;)*(#|&#35;)\s*[0-9a-f]+(\.|&#46;)/i, 'a page of Akamai'],
  [/datadome|captcha-delivery/i, 'a page of DataDome'],
  [/px-(cloud|captcha)|perimeterx/i, 'a page of HUMAN'],
  [/support id( is)?:? *<?[^<>]{0,12}\d{4}/i, 'a page of F5'],
  [/sucuri/i, 'a page of Sucuri'],
  [/mod_?security/i, 'a page of ModSecurity'],
  [/\bsquid\b|requested url could not be retrieved/i, 'a page of Squid'],
  [/upstream (connect|request) (error|timeout)|no healthy upstream/i, 'a text of Envoy'],
  [/guru meditation|varnish/i, 'a page of Varnish'],
  [/azure (application gateway|front door)/i, 'a page of Azure'],
  [/haproxy|no server is available to handle this request/i, 'a page of HAProxy'],
  [/\bapigee\b|steps\.oauth|"faultstring"/i, 'a text of an API gateway'],
  [
    /web ?filter|content filter|url filter|web gateway|secure gateway|proxy (server|authentication)/i,
    'a page of a web filter or proxy',
  ],
  [
    /captcha|are you (a )?human|verify (that )?you are (a )?human|unusual traffic|automated (requests|queries)|bot (detection|protection)/i,
    'a page that asks for a human',
  ],
  [/captive portal|wi-?fi|hotspot|guest (network|access)|accept the terms/i, 'a page of a captive portal'],
  [
    /blocked (by|due to|because|for)|(request|page|site|website|url|access|connection)( (has|have) been| was| is)? (blocked|rejected|forbidden by)|firewall|application blocked|acceptable use|(company|corporate|security|system|internet usage) policy|denied (access to|the) (requested|specified) url|(request|access|url|page)( was| has been| is)? (denied|refused|rejected) by|consult with your administrator|contact your (network|it) |help ?desk|support[ _]id|subscription key|\\bproxy\\b/i,
    'a page that says that it blocks',
  ],
];

/** The product that a page or text names. Only the beginning is read. */
function pageMark(body: string): string | undefined {
  const beginning = body.slice(0, 65_536);
  return pagesOfProducts.find(([text]) => text.test(beginning))?.[1];
}

/** Marks that only Okta leaves, apart from the request id and the error envelope. Each is a value that was checked. */
function oktaMarks(url: string, headers: Headers, body: string): readonly string[] {
  const challenge = /authorization_uri="(https?:\/\/[^"]{1,200})\/oauth2\/v1\/authorize"/;
  const challenger = URL.parse(challenge.exec(headers.get('www-authenticate') ?? '')?.[1] ?? '')?.host;
  return [
    /CP="HONK"/.test(headers.get('p3p') ?? '') && 'a P3P header as Okta sends it',
    /okta\.report-uri\.com/.test(headers.get('public-key-pins-report-only') ?? '') && 'key pins that name Okta',
    headers.get('x-okta-edge-log') && 'X-Okta-Edge-Log',
    challenger !== undefined &&
      (challenger === new URL(url).host || isOktaHost(challenger)) &&
      'a challenge as Okta words it',
    isUnknownHost(body) && "Okta's answer for a host that is no org",
  ].filter((mark) => typeof mark === 'string' && mark !== '') as readonly string[];
}

/** What Okta's pages have, and the pages of its customers too: they prove nothing. */
function hintsOfPage(headers: Headers, body: string): readonly string[] {
  const policy = headers.get('content-security-policy') ?? headers.get('content-security-policy-report-only') ?? '';
  return [
    policy.includes('.oktacdn.com') && 'a content security policy that names oktacdn.com',
    /(src|href)="https:\/\/[\w-]+\.oktacdn\.com\//.test(body.slice(0, 65_536)) && 'a page that loads from oktacdn.com',
  ].filter((mark) => mark !== false);
}

/**
 * The request id in `X-Okta-Request-Id`. Trap: the header alone proves nothing. Something in between may send it empty, or
 * with a word in place of an id.
 */
export function requestIdIn(headers: Headers): string | undefined {
  const [id = ''] = (headers.get('x-okta-request-id') ?? '').split(',', 1);
  return /^(?![a-z]+$)[\w@.:/+=-]{8,100}$/i.test(id.trim()) ? id.trim() : undefined;
}

/** A member that every success of an endpoint has. The management API answers with a list. */
const membersOfSuccess: Readonly<Partial<Record<Endpoint, string>>> = {
  organization: 'id',
  discovery: 'issuer',
  keys: 'keys',
  token: 'access_token',
  introspect: 'active',
  par: 'request_uri',
};

/** Whether a response is a success as the endpoint of the URL sends it. That of /authorize is a callback. */
function isProtocolAnswer({ url, status, headers, body }: SentResponse): boolean {
  const endpoint = locate(url)?.endpoint;
  if (endpoint === undefined || status >= 400) return false;
  if (endpoint === 'authorize') {
    const redirectUri = new URL(url).searchParams.get('redirect_uri');
    const location = headers.get('location');
    return redirectUri !== null && readAuthorizeAnswer({ status, location, body }, redirectUri).kind === 'callback';
  }
  try {
    const value: unknown = JSON.parse(body);
    if (endpoint === 'users' || endpoint === 'logs') return Array.isArray(value);
    const member = membersOfSuccess[endpoint];
    if (typeof value !== 'object' || value === null || member === undefined || !(member in value)) return false;
    // Okta's access tokens are JWTs.
    if (endpoint === 'token') return String((value as Record<string, unknown>)[member]).startsWith('eyJ');
    // Any provider of OpenID Connect has a discovery document. Okta's endpoints are recognized by their paths.
    return endpoint !== 'discovery' || /\/oauth2\/([^/"]+\/)?v1\//.test(body);
  } catch {
    return false;
  }
}

/** Where a page sends the browser by itself. */
function refreshOf(body: string): string | null {
  return /<meta[^>]{1,100}http-equiv=["']?refresh["']?[^>]{1,40}url=['"]?([^"'>\s]{1,500})/i.exec(body)?.[1] ?? null;
}

/**
 * Where a redirect leads: the origin, with the path if that is the one of the request, or else with a first part that is no
 * secret.
 */
export function redirectTarget(location: string | null, url: string): string | undefined {
  const target = location === null ? null : URL.parse(location, url);
  if (!target || !/^https?:$/.test(target.protocol)) return undefined;
  const isSamePath = target.pathname === new URL(url).pathname;
  const first = /^\/(login|signin|signout|error|app|oauth2|sso|idp|auth)(?=\/|$)/.exec(target.pathname)?.[0] ?? '';
  return `${target.origin}${isSamePath ? target.pathname : first}`.slice(0, 200);
}

/** The origin of a redirect that leaves the org and does not lead to Okta. */
function foreignOrigin(location: string | null, url: string): string | undefined {
  const target = location === null ? null : URL.parse(location, url);
  if (!target || target.hostname === new URL(url).hostname || isOktaHost(target.hostname)) return undefined;
  return target.origin.slice(0, 100);
}

/** Servers and proxies by the names that they give themselves, with a version. */
const productNames =
  /\b(nginx|openresty|tengine|apache|awselb|amazons3|amazon|cloudfront|cloudflare|akamai\w*|fastly|varnish|squid|big-?ip|f5|haproxy|envoy|istio-envoy|traefik|kong|caddy|litespeed|microsoft-iis|microsoft-httpapi|microsoft-azure[\w-]*|kestrel|jetty|tomcat|gunicorn|uvicorn|werkzeug|python|express|zscaler|netskope|forcepoint|blue ?coat|proxysg|fortiweb|fortigate|imperva|incapsula|sucuri[\w/-]*|barracuda|citrix|netscaler|mcafee|sophos|palo ?alto|check ?point|cisco|umbrella|mikrotik|gws|gfe|google frontend|vercel|netlify|heroku|cowboy|ats|tinyproxy|privoxy|vegur|okta)\b(\/[\d.]{1,12})?/i;

/**
 * The product that a header names. `not shown` for any other value: it may name an internal host, or anything else.
 */
function productIn(value: string | null): string | undefined {
  if (value === null) return undefined;
  return productNames.exec(value.slice(0, 200))?.[0] ?? 'not shown';
}
