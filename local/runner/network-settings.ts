import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { oneLine } from '../../functions/okta/json-fields.ts';
import { proxyOf } from './proxy.ts';

/** A variable that changes how this machine connects, and what it says. */
export interface NetworkSetting {
  readonly variable: 'HTTPS_PROXY' | 'NO_PROXY' | 'NODE_EXTRA_CA_CERTS';
  readonly value: string;
  /** Why Node.js ignores it. Absent if it is obeyed. */
  readonly ignored?: string;
}

/**
 * The variables that are set, for the connections to Okta and to AWS. A password in the proxy's URL is left out. Throws
 * `ConfigError` if the proxy is malformed.
 */
export function networkSettings(env: Readonly<Record<string, string | undefined>>): readonly NetworkSetting[] {
  const proxy = proxyOf(env);
  const noProxy = env.no_proxy ?? env.NO_PROXY;
  const certificates = env.NODE_EXTRA_CA_CERTS;
  const problem = certificates ? certificateProblem(certificates) : undefined;
  return [
    ...(proxy ? [{ variable: 'HTTPS_PROXY' as const, value: proxy.origin }] : []),
    ...(noProxy
      ? [
          {
            variable: 'NO_PROXY' as const,
            value: oneLine(noProxy),
            ...(!proxy && { ignored: 'there is no HTTPS_PROXY' }),
          },
        ]
      : []),
    ...(certificates
      ? [
          {
            variable: 'NODE_EXTRA_CA_CERTS' as const,
            value: oneLine(certificates),
            ...(problem && { ignored: problem }),
          },
        ]
      : []),
  ];
}

/** Trap: Node.js reads the file when it starts, and goes on without it if it cannot. */
function certificateProblem(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return `the file cannot be read (${(error as NodeJS.ErrnoException).code})`;
  }
  try {
    new X509Certificate(text);
    return undefined;
  } catch {
    return 'the file contains no certificate in PEM format';
  }
}
