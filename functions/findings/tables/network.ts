import { docs, type FindingDefinition } from '../definition.ts';

const checkStatus = `Check ${docs.status} for an incident`;

/** Failures on the way to Okta, and answers that are not Okta's or that may not be. */
export const networkFindings = {
  intercepted: {
    domain: 'network',
    severity: 'page',
    severityOfOneDocument: 'ticket',
    brief: 'blocked on the way',
    summary: 'Something between the monitor and Okta answered. The request did not reach Okta.',
    causes: [
      { text: 'a CDN or web application firewall in front of the custom domain', unless: 'on an Okta domain' },
      'a proxy, firewall or web filter on the way',
      { text: 'a DNS record that leads to another host', unless: 'Okta answered elsewhere' },
    ],
    remedy: [
      'Repeat the request from another network: if Okta answers there, only this network is affected',
      'Ask the owner of what answered (see the evidence) to let requests to this domain pass',
    ],
    verify: 'curl -i URL, and look for X-Okta-Request-Id: without it, Okta did not answer',
  },
  'changed-on-the-way': {
    domain: 'network',
    severity: 'page',
    severityOfOneDocument: 'ticket',
    brief: 'answer was changed',
    summary: "Something between the monitor and Okta changed Okta's answer, or repeated an old one.",
    causes: [
      { text: 'a CDN in front of the custom domain that caches what it must not', unless: 'on an Okta domain' },
      'a proxy with a cache, or one that decompresses answers and keeps their Content-Encoding',
    ],
    remedy: [
      'Repeat the request from another network, and compare Age, X-Cache and Content-Encoding',
      'Let the cache pass requests to /oauth2 and /.well-known, and purge what it has of them',
    ],
    doc: docs.domains,
    verify: 'curl -i URL, and look at Age, X-Cache, Via and Content-Encoding',
    impact:
      'Clients on the same network path get the same answer: new tokens are refused until the cache has the new one.',
  },
  'unidentified-answer': {
    domain: 'network',
    severity: 'page',
    severityOfOneDocument: 'ticket',
    brief: 'an unknown answer',
    summary: "The answer does not show who sent it: it may be Okta's own edge, or something in between.",
    causes: [
      "a fault at Okta's edge, in front of its service",
      'a proxy, firewall or load balancer on the way',
      { text: 'a CDN in front of the custom domain', unless: 'on an Okta domain' },
    ],
    remedy: [
      'Repeat the request from another network: if it fails there too, suspect Okta; if not, this network',
      checkStatus,
    ],
    verify: 'curl -i URL, and look for X-Okta-Request-Id: without it, the sender is not known',
  },
  'custom-domain-unreachable': {
    domain: 'network',
    severity: 'page',
    failsElsewhere: true,
    brief: 'custom domain down',
    summary: 'The custom domain fails, and the org answers by its other name.',
    causes: [
      "a failure of Okta's edge for custom domains",
      'a CDN or web application firewall in front of the custom domain',
      'a DNS record of the custom domain that is missing or leads elsewhere',
    ],
    remedy: [
      'Resolve the custom domain: its record must lead to the name that Customizations > Brands > Domains shows',
      'Ask the owner of its DNS and CDN whether something changed',
      checkStatus,
      'If the record leads to Okta: open a case with Okta Support and paste the support block',
    ],
    doc: docs.domains,
    verify: 'dig +short DOMAIN; curl -i https://DOMAIN/.well-known/okta-organization',
    impact: 'Users and applications that use the custom domain cannot sign in. Those that use the okta.com name can.',
  },
  'intermittent-failures': {
    domain: 'network',
    severity: 'ticket',
    brief: 'intermittent failures',
    summary: 'Requests often fail on the way to Okta, and work when sent once more.',
    causes: [
      { text: 'a proxy, firewall or NAT gateway that loses connections', unless: 'no network of yours' },
      { text: 'a CDN in front of the custom domain', unless: 'on an Okta domain' },
      "a part of Okta's edge that fails, beside others that work",
    ],
    remedy: ['Look at what failed first in the evidence, and who answered', checkStatus],
    verify: 'curl -v https://DOMAIN/.well-known/okta-organization',
    impact: 'Most sign-ins work. Programs that do not try again fail now and then.',
  },
  'unrecognised-failure': {
    domain: 'network',
    severity: 'page',
    brief: 'no connection',
    summary: 'The request failed before anybody answered, with an error that the monitor does not know.',
    causes: ['a fault of the network or of a proxy on the way', "a fault of the monitor's runtime"],
    remedy: ['Look up the error code in the evidence', 'Repeat the request from another network'],
    verify: 'curl -v URL',
  },
  'dns-not-resolved': {
    domain: 'network',
    severity: 'page',
    brief: 'name does not resolve',
    summary: "The org's domain name does not resolve.",
    causes: [
      { text: 'a missing CNAME of the custom domain', unless: 'on an Okta domain' },
      { text: 'a DNS failure where the monitor runs', unless: 'our way works' },
      'a typo in the configured domain',
      { text: "a fault of the domain's name servers", if: 'our way works' },
    ],
    remedy: [
      'Resolve the name from another network; if it resolves there, fix DNS where the monitor runs',
      {
        text: 'Restore the CNAME of the custom domain, as Customizations > Brands > Domains shows it',
        unless: 'on an Okta domain',
      },
      'Compare the name with the domain of the org in the Admin Console',
    ],
    verify: 'dig +short DOMAIN; dig +short DOMAIN @1.1.1.1',
    impact: 'New connections fail. Those that are open, and caches, hide it for some minutes.',
  },
  'connection-refused': {
    domain: 'network',
    severity: 'page',
    brief: 'connection refused',
    summary: 'The connection was refused.',
    causes: [
      { text: 'a firewall or proxy that refuses it', unless: 'no network of yours' },
      { text: 'a DNS record that points to the wrong host', unless: 'Okta answered elsewhere' },
      "a failure of Okta's edge",
    ],
    remedy: [
      'Connect from another network',
      { text: 'Check egress rules and proxies where the monitor runs', unless: 'no network of yours' },
      checkStatus,
    ],
    verify: 'nc -vz DOMAIN 443',
  },
  'connection-reset': {
    domain: 'network',
    severity: 'page',
    brief: 'connection closed',
    summary: 'The connection was closed before a complete response arrived.',
    causes: [
      { text: 'a proxy or firewall that closes it', unless: 'no network of yours' },
      "a failure of Okta's edge",
      { text: 'a NAT gateway without free ports', unless: 'no network of yours' },
    ],
    remedy: [
      'Repeat the request from another network',
      { text: 'Check the logs of proxies and NAT gateways on the path', unless: 'no network of yours' },
      checkStatus,
    ],
    verify: 'curl -v https://DOMAIN/.well-known/okta-organization',
  },
  'connect-timeout': {
    domain: 'network',
    severity: 'page',
    brief: 'no connection',
    summary: 'No connection could be established: the attempt timed out or the host is unreachable.',
    causes: [
      { text: 'packet loss on the path', unless: 'our way works' },
      { text: 'a firewall that drops packets', unless: 'no network of yours' },
      "a failure of Okta's edge",
    ],
    remedy: [
      'Connect from another network',
      { text: 'Check routes, NAT and egress rules where the monitor runs', unless: 'no network of yours' },
      checkStatus,
    ],
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
      { text: "a DNS record that points to someone else's host", unless: 'Okta answered elsewhere' },
    ],
    remedy: [
      'Check who issued the certificate; if it is your own proxy, exempt this host from TLS inspection, or name the file with its CA in NODE_EXTRA_CA_CERTS where npm run check or watch runs',
      'For a custom domain with your own certificate, upload the full chain',
    ],
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN -showcerts </dev/null',
    impact: 'Browsers show a warning, and programs refuse to connect. On other networks there may be no problem.',
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
    remedy: [
      'Connect from another network',
      { text: 'Check proxies and TLS inspection on the path', unless: 'no network of yours' },
      checkStatus,
    ],
    verify: 'openssl s_client -connect DOMAIN:443 -servername DOMAIN </dev/null',
  },
} as const satisfies Record<string, FindingDefinition>;
