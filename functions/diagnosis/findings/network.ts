import { docs, type FindingDefinition } from './definition.ts';

const checkStatus = `Check ${docs.status} for an incident`;

/** Failures before a request reaches the server. */
export const networkFindings = {
  'dns-not-resolved': {
    domain: 'network',
    severity: 'page',
    brief: 'name does not resolve',
    summary: "The org's domain name does not resolve.",
    causes: [
      'a DNS failure where the monitor runs',
      'a missing CNAME of a custom domain',
      'a typo in the configured domain',
    ],
    remedy: [
      'Resolve the name from another network; if it resolves there, fix DNS where the monitor runs',
      'For a custom domain, restore the CNAME that Customizations > Brands > Domains shows',
    ],
    verify: 'dig +short DOMAIN; dig +short DOMAIN @1.1.1.1',
  },
  'connection-refused': {
    domain: 'network',
    severity: 'page',
    brief: 'connection refused',
    summary: 'The connection was refused.',
    causes: [
      'a firewall or proxy that refuses it',
      'a DNS record that points to the wrong host',
      "a failure of Okta's edge",
    ],
    remedy: ['Connect from another network', 'Check egress rules and proxies where the monitor runs', checkStatus],
    verify: 'nc -vz DOMAIN 443',
  },
  'connection-reset': {
    domain: 'network',
    severity: 'page',
    brief: 'connection closed',
    summary: 'The connection was closed before a complete response arrived.',
    causes: ['a proxy or firewall that closes it', "a failure of Okta's edge", 'a NAT gateway without free ports'],
    remedy: [
      'Repeat the request from another network',
      'Check the logs of proxies and NAT gateways on the path',
      checkStatus,
    ],
    verify: 'curl -v https://DOMAIN/.well-known/okta-organization',
  },
  'connect-timeout': {
    domain: 'network',
    severity: 'page',
    brief: 'no connection',
    summary: 'No connection could be established: the attempt timed out or the host is unreachable.',
    causes: ['packet loss on the path', 'a firewall that drops packets', "a failure of Okta's edge"],
    remedy: ['Connect from another network', 'Check routes, NAT and egress rules where the monitor runs', checkStatus],
    verify: 'curl -v --connect-timeout 5 https://DOMAIN/.well-known/okta-organization',
  },
  'certificate-untrusted': {
    domain: 'network',
    severity: 'page',
    brief: 'certificate not trusted',
    summary: "The monitor does not trust the server's certificate.",
    causes: [
      'a proxy that inspects TLS with its own CA',
      'a missing intermediate certificate in the chain',
      "a DNS record that points to someone else's host",
    ],
    remedy: [
      'Check who issued the certificate; if it is your own proxy, exempt this host from TLS inspection',
      'For a custom domain with your own certificate, upload the full chain',
    ],
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN -showcerts </dev/null',
  },
  'certificate-expired': {
    domain: 'network',
    severity: 'page',
    brief: 'certificate expired',
    summary: "The certificate of Okta's own domain has expired or is not yet valid.",
    causes: [
      'a proxy that presents an old certificate',
      "a wrong clock on the monitor's host",
      'a missed renewal by Okta',
    ],
    remedy: [
      'Check the certificate from another network',
      "Compare the clock of the monitor's host with a trusted clock",
    ],
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -dates -issuer',
  },
  'certificate-wrong-name': {
    domain: 'network',
    severity: 'page',
    brief: 'wrong certificate',
    summary: "The certificate is for a different name, although the domain is Okta's own.",
    causes: ['a DNS record or proxy that leads to another host', 'a typo in the configured domain'],
    remedy: ['Compare what the name resolves to with another network', 'Check who issued the certificate'],
    verify:
      'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -subject -ext subjectAltName',
  },
  'tls-handshake-failed': {
    domain: 'network',
    severity: 'page',
    brief: 'TLS fails',
    summary: 'The TLS handshake failed.',
    causes: [
      'interference by a middlebox',
      'no TLS version or cipher in common',
      'a host or proxy that does not speak TLS on this port',
    ],
    remedy: ['Connect from another network', 'Check proxies and TLS inspection on the path'],
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null',
  },
} as const satisfies Record<string, FindingDefinition>;
