import { docs, type FindingDefinition } from './definition.ts';

/** What happens before a server is reached. */
export const networkFindings = {
  'dns-not-resolved': {
    domain: 'network',
    severity: 'page',
    summary: "The org's name does not resolve.",
    causes: [
      'DNS fails where the monitor runs',
      "a custom domain's CNAME was removed",
      'the configured domain is misspelt',
    ],
    remedy: [
      'Resolve the name from another network; if it resolves there, mend DNS where the monitor runs',
      'For a custom domain, restore the CNAME that Customizations > Brands > Domains shows',
    ],
    verify: 'dig +short DOMAIN; dig +short DOMAIN @1.1.1.1',
  },
  'connection-refused': {
    domain: 'network',
    severity: 'page',
    summary: 'The connection was refused.',
    causes: [
      'a firewall or proxy refuses it',
      'the name points at a host that does not serve it',
      "Okta's edge is failing",
    ],
    remedy: [
      'Connect from another network',
      'Check egress rules and proxies where the monitor runs',
      `Look at ${docs.status}`,
    ],
    verify: 'nc -vz DOMAIN 443',
  },
  'connection-reset': {
    domain: 'network',
    severity: 'page',
    summary: 'The connection was cut before an answer came.',
    causes: ['a proxy or firewall cuts it', "Okta's edge is failing", 'an address translation has run out of ports'],
    remedy: [
      'Repeat the request from another network',
      'Look at the logs of proxies and NAT on the way',
      `Look at ${docs.status}`,
    ],
    verify: 'curl -v https://DOMAIN/.well-known/okta-organization',
  },
  'connect-timeout': {
    domain: 'network',
    severity: 'page',
    summary: 'No connection came about in time.',
    causes: ['packets are dropped on the way', 'a firewall swallows them', "Okta's edge cannot be reached"],
    remedy: [
      'Connect from another network',
      'Check routes, NAT and egress rules where the monitor runs',
      `Look at ${docs.status}`,
    ],
    verify: 'curl -v --connect-timeout 5 https://DOMAIN/.well-known/okta-organization',
  },
  'certificate-untrusted': {
    domain: 'network',
    severity: 'page',
    summary: "The server's certificate is not signed by an authority that is trusted here.",
    causes: [
      'a proxy inspects TLS with an authority of its own',
      'the chain lacks an intermediate certificate',
      'the name points at somebody else',
    ],
    remedy: [
      'Look at who issued the certificate; if it is your own proxy, let this host pass without inspection',
      'For a custom domain with a certificate of your own, upload the whole chain',
    ],
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN -showcerts </dev/null',
  },
  'certificate-expired': {
    domain: 'network',
    severity: 'page',
    summary: "The certificate of Okta's own domain is out of its time.",
    causes: ['a proxy presents an old certificate', 'the clock here is wrong', 'Okta failed to renew'],
    remedy: ['Compare with another network', 'Compare the clock here with a trusted one'],
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -dates -issuer',
  },
  'certificate-wrong-name': {
    domain: 'network',
    severity: 'page',
    summary: "The certificate is for another name, although the domain is Okta's own.",
    causes: ['DNS or a proxy leads somewhere else', 'the domain is misspelt'],
    remedy: ['Compare what the name resolves to with another network', 'Look at who issued the certificate'],
    verify:
      'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null | openssl x509 -noout -subject -ext subjectAltName',
  },
  'tls-handshake-failed': {
    domain: 'network',
    severity: 'page',
    summary: 'The TLS handshake failed.',
    causes: [
      'a middlebox interferes',
      'protocol versions or ciphers do not meet',
      'something that speaks no TLS answers',
    ],
    remedy: ['Repeat from another network', 'Check proxies and TLS inspection on the way'],
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null',
  },
} as const satisfies Record<string, FindingDefinition>;
