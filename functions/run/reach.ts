import type { Asked, Reach } from '../findings/at-fault.ts';
import { symptomOf } from '../findings/at-fault.ts';
import type { Exchange } from '../model/exchange.ts';
import type { Org } from '../model/org.ts';
import type { Memory, OrgNames, RunMemory } from '../model/probe.ts';
import { untilDeadline } from '../model/time-limit.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { memberAt, textAt } from '../okta/json-fields.ts';
import { isOktaHost } from '../okta/okta-domains.ts';
import { readOrgMetadata } from '../okta/org-metadata.ts';
import { isFromOkta } from '../okta/sender.ts';
import type { Deadline } from './deadline.ts';
import { earlier } from './deadline.ts';
import type { Http } from './http.ts';

export interface ReachOptions {
  readonly http: Pick<Http, 'send' | 'fresh'>;
  readonly deadline: Deadline;
  readonly memory: RunMemory;
  readonly canonicalName: (host: string) => Promise<string | undefined>;
}

/** How long the control has to answer, in milliseconds: what is left after a probe and its retry have timed out. */
const controlMs = 3_000;

/** Left to the probes' own findings and their publishing, in milliseconds. */
const reserveMs = 1_000;

/** The other name of the org, as the last runs knew it. */
interface Sibling {
  readonly host: string;
  /** The id of the org: another org's answer at that name is no answer of this one. */
  readonly id?: string;
  /** It has answered before. A name that never did is no news. */
  readonly hasAnswered: boolean;
}

/**
 * Asks hosts besides the org's own domain, so that a failure without an answer shows whose it is: the org's other name, and a
 * control that is neither AWS's nor Okta's. Each is asked at most once in a run, and never rejects.
 */
export class ReachOfRun {
  private readonly org: Org;
  private readonly options: ReachOptions;
  private readonly memory: Memory;
  private remembered: Promise<Sibling | undefined> | undefined;
  private sibling: Promise<Asked | undefined> | undefined;

  constructor(org: Org, options: ReachOptions) {
    this.org = org;
    this.options = { ...options, deadline: earlier(options.deadline, reserveMs) };
    this.memory = options.memory.of('sibling');
  }

  /** Asks the other name of the org, if it is known: from the configuration, or from the metadata that an earlier run read. */
  askSibling(): Promise<Asked | undefined> {
    this.sibling ??= this.known().then((known) => known && this.askOrg(known));
    return this.sibling;
  }

  /** What else can be reached, for a failure that does not show who is at fault. */
  async look(isConnection: boolean): Promise<Reach> {
    const [sibling, control, isOktaEdge] = await Promise.all([
      this.askSibling(),
      isConnection ? this.askControl() : undefined,
      this.isOktaEdge(this.org.domain),
    ]);
    return { ...(sibling && { sibling }), ...(control && { control }), isOktaEdge };
  }

  /**
   * Remembers the other name, and returns how it failed if it answered before. The first answer is remembered, so that a
   * custom domain that was never set up alerts nobody.
   */
  async learn({ id, hosts }: OrgNames): Promise<Asked | undefined> {
    const known = await this.known();
    const host = this.org.sibling ?? hosts.find((each) => each !== this.org.domain);
    const asked = await this.askSibling();
    if (host === undefined) return undefined;
    const isSame = known?.host === host;
    const hasAnswered = isSame && (known.hasAnswered || (asked?.works ?? false));
    if (!isSame || known.hasAnswered !== hasAnswered || known.id !== id)
      await this.memory.write({ host, ...(id !== undefined && { id }), hasAnswered }).catch(() => {});
    return isSame && known.hasAnswered && asked && !asked.works && isDown(asked) ? asked : undefined;
  }

  /** Whether Okta's edge serves a host: it is one of Okta's names, or its DNS record leads to one. */
  async isOktaEdge(domain: string): Promise<boolean> {
    const { hostname } = new URL(`https://${domain}`);
    if (isOktaHost(hostname)) return true;
    const name = await untilDeadline(this.options.canonicalName(hostname), this.options.deadline.signal).catch(
      () => undefined,
    );
    return name !== undefined && isOktaHost(name);
  }

  private known(): Promise<Sibling | undefined> {
    this.remembered ??= this.recall();
    return this.remembered;
  }

  private async recall(): Promise<Sibling | undefined> {
    const value = await this.memory.read().catch(() => undefined);
    const host = this.org.sibling ?? textAt(value, 'host');
    if (host === undefined || !URL.canParse(`https://${host}`)) return undefined;
    const isSame = textAt(value, 'host') === host;
    const id = isSame ? textAt(value, 'id') : undefined;
    return { host, ...(id !== undefined && { id }), hasAnswered: isSame && memberAt(value, 'hasAnswered') === true };
  }

  /** A lost connection is tried once more, as probes do. */
  private async askOrg({ host, id }: Sibling): Promise<Asked | undefined> {
    const url = endpointUrl(host, { id: 'org' }, 'organization');
    const first = await this.ask(url);
    const asked = first && symptomOf(first.exchange) === 'connection' ? await this.ask(url) : first;
    if (!asked?.document) return asked && { host, exchange: asked.exchange, works: false };
    const { id: found } = readOrgMetadata(asked.document);
    const works = isFromOkta(asked.exchange) && found !== undefined && (id === undefined || found === id);
    return { host, exchange: asked.exchange, works };
  }

  private async askControl(): Promise<Asked | undefined> {
    const url = this.org.control ?? this.org.statusPage?.page;
    if (url === undefined) return undefined;
    const { host } = new URL(url);
    const asked = await this.ask(url, AbortSignal.timeout(controlMs));
    return asked && { host, exchange: asked.exchange, works: (asked.exchange.status ?? 500) < 400 };
  }

  /** Undefined if the run's time was up before. */
  private async ask(
    url: string,
    limit?: AbortSignal,
  ): Promise<{ readonly exchange: Exchange; readonly document?: unknown } | undefined> {
    const { http, deadline } = this.options;
    const signal = limit ? AbortSignal.any([deadline.signal, limit]) : deadline.signal;
    const seen: Exchange[] = [];
    const document = await http
      .fresh()
      .send(url, {}, (exchange) => seen.push(exchange), signal)
      .then((response) => (response.status === 200 ? response.json().catch(() => ({})) : undefined))
      .catch(() => undefined);
    const exchange = seen.at(-1);
    if (!exchange || deadline.signal.aborted) return undefined;
    // Its limits are not those of the org's own domain.
    const { rateLimit: _, ...others } = exchange;
    return { exchange: others, ...(document !== undefined && { document }) };
  }
}

/** Whether the host fails, rather than refuses what was asked. */
function isDown({ exchange }: Asked): boolean {
  return symptomOf(exchange) !== undefined || (exchange.status ?? 0) >= 500;
}
