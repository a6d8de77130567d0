import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent as HttpsAgent } from 'node:https';
import { type Agent, type Dispatcher, EnvHttpProxyAgent, Pool, request } from 'undici';
import { oneLine } from '../../functions/model/text.ts';
import { strictTls } from '../../functions/model/tls.ts';
import { ConfigError } from '../../lib/config/config-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The proxy of this machine. Requests go through it unless NO_PROXY names their host. */
export interface HttpsProxy {
  /** Its scheme, host and port, without the user name and password. */
  readonly origin: string;
  /** Makes undici's dispatcher. Trap: its connections have no times for DNS, TCP and TLS, and no certificate. */
  createAgent(options: Agent.Options): Dispatcher;
  /** Makes an agent for `node:https`, which the AWS SDK uses. */
  httpsAgent(): HttpsAgent;
  /** Throws `ConfigError` if the proxy does not connect to a host. The probes report any other failure. */
  verify(origin: string, timeoutMs: number): Promise<void>;
}

/** Reads the proxy from HTTPS_PROXY, in upper or lower case. Throws `ConfigError` if it is malformed. */
export function proxyOf(env: Environment): HttpsProxy | undefined {
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY;
  if (!httpsProxy) return undefined;
  const url = URL.parse(httpsProxy);
  // Trap: the value may contain a password, so no message repeats it.
  if (!url || !/^https?:$/.test(url.protocol)) {
    throw new ConfigError('HTTPS_PROXY is not the URL of a proxy: it must look like http://proxy.example.com:3128.');
  }
  const noProxy = noProxyOf(env) ?? '';
  const createAgent = (options: Agent.Options) => {
    const agentOptions = {
      ...options,
      httpsProxy,
      noProxy,
      // Every request is https, so none needs a proxy for http.
      httpProxy: '',
      connectTimeout: (options.headersTimeout ?? 10_000) / 2,
      // For the hosts in NO_PROXY, the hosts behind the proxy, and the proxy.
      connect: strictTls,
      requestTls: { ...strictTls, allowH2: false },
      proxyTls: strictTls,
      clientFactory: (origin: URL, { connect }: object & { connect?: Pool.Options['connect'] }) =>
        new ProxyPool(origin, { connect, headersTimeout: options.headersTimeout }),
    };
    return new EnvHttpProxyAgent(agentOptions as EnvHttpProxyAgent.Options);
  };
  return {
    origin: url.origin,
    createAgent,
    httpsAgent: () =>
      new HttpsAgent({ ...strictTls, keepAlive: true, proxyEnv: { HTTPS_PROXY: httpsProxy, NO_PROXY: noProxy } }),
    async verify(origin, timeoutMs) {
      const dispatcher = createAgent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, allowH2: false });
      try {
        const { body } = await request(new URL('/.well-known/okta-organization', origin), { dispatcher });
        await body.dump();
      } catch (error) {
        if (error instanceof ProxyError) throw new ConfigError(explain(error, url, new URL(origin).host));
      } finally {
        await dispatcher.destroy();
      }
    },
  };
}

function noProxyOf(env: Environment): string | undefined {
  return env.no_proxy ?? env.NO_PROXY;
}

/** A proxy that did not connect. */
class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** `ERR_PROXY_` and the status or the system's code, such as `ERR_PROXY_407`. */
  readonly code: string;
  readonly reason: string;
  readonly status: number | undefined;

  constructor(cause: unknown, status?: number) {
    const reason = String(status ?? (cause as { code?: unknown }).code ?? 'no answer');
    super(`the proxy does not connect: ${reason}`);
    this.code = `ERR_PROXY_${reason}`;
    this.reason = reason;
    this.status = status;
  }
}

/** Opens connections to a proxy. Distinguishes its failures from those of the host behind it. */
class ProxyPool extends Pool {
  override connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData>;
  override connect(options: Dispatcher.ConnectOptions, callback: never): void;
  override async connect(options: Dispatcher.ConnectOptions): Promise<Dispatcher.ConnectData> {
    const answer = await super.connect(options).catch((error: unknown) => {
      throw new ProxyError(error);
    });
    if (answer.statusCode === 200) return answer;
    answer.socket.on('error', () => {}).destroy();
    throw new ProxyError(undefined, answer.statusCode);
  }
}

function explain({ status, reason }: ProxyError, { origin, username }: URL, host: string): string {
  return `${whatHappened()}\nThis is the proxy's doing: Okta was not reached, and nothing is known about it.`;

  function whatHappened(): string {
    if (status === 407) {
      return username
        ? `The proxy ${origin} rejects the user name and password in HTTPS_PROXY (407).\nCorrect them, percent-encoded as in any URL.`
        : `The proxy ${origin} asks for a user name and password (407).\nSet HTTPS_PROXY=http://user:password@host:port.`;
    }
    return status === undefined
      ? `The proxy ${origin} cannot be used (${reason}).\nCorrect HTTPS_PROXY, or start the proxy.`
      : `The proxy ${origin} refuses to connect to ${host} (${status}).\nHave it allow that host, or name the host in NO_PROXY.`;
  }
}

/** A variable that changes how this machine connects, and its value. */
export interface NetworkSetting {
  readonly variable: 'HTTPS_PROXY' | 'NO_PROXY' | 'NODE_EXTRA_CA_CERTS';
  readonly value: string;
  /** Why Node.js ignores it. Absent if it has an effect. */
  readonly ignored?: string | undefined;
}

/**
 * Lists the variables that are set and change the connections to Okta and to AWS, without the password in the proxy's URL.
 * Throws `ConfigError` if the proxy is malformed.
 */
export function networkSettings(env: Environment): readonly NetworkSetting[] {
  const proxy = proxyOf(env);
  const certificates = env.NODE_EXTRA_CA_CERTS;
  const settings = [
    { variable: 'HTTPS_PROXY', value: proxy?.origin },
    { variable: 'NO_PROXY', value: noProxyOf(env), ignored: proxy ? undefined : 'there is no HTTPS_PROXY' },
    {
      variable: 'NODE_EXTRA_CA_CERTS',
      value: certificates,
      ignored: certificates ? certificateProblem(certificates) : undefined,
    },
  ] as const;
  return settings.flatMap(({ value, ...setting }) => (value ? [{ ...setting, value: oneLine(value) }] : []));
}

/** Trap: Node.js reads the file when it starts, and ignores it if it cannot. */
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
