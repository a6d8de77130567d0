import { type ChangedInstance, type ChangedThing, type ChangeOf, happeningOf } from './administration-log.ts';
import type { Body } from './documents.ts';
import { ApiError } from './error-responses.ts';
import { emptyResponse, jsonResponse, type OktaRequest, type OktaResponse } from './http-message.ts';
import type { Caller } from './log-caller.ts';
import type { AdminRole } from './okta-scopes.ts';
import type { OrgState } from './org-state.ts';
import type { CheckCode } from './sign-in-checks.ts';
import type { SystemLog } from './system-log.ts';

/** Who asks the management API: the owner of an API token, a client, or a user by a client. */
export interface Principal {
  readonly roles: readonly AdminRole[];
  readonly caller: Caller;
}

/** One request to an endpoint. */
export interface ApiCall {
  readonly request: OktaRequest;
  /** The parts of the path that the endpoint names. */
  readonly params: Readonly<Record<string, string>>;
  /** The JSON object in the body, empty without one. */
  readonly body: Body;
  readonly principal: Principal;
}

/** An endpoint of the management API. Its function throws `ApiError`. */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With names in braces: `/api/v1/apps/{appId}/grants`. */
  readonly path: string;
  readonly scope: string;
  readonly respond: (call: ApiCall) => OktaResponse;
}

/** Writes an event about a change by the management API, and its sender, to the System Log. */
type RecordChange = <What extends ChangedThing>(
  call: ApiCall,
  what: What,
  change: ChangeOf<What>,
  instance: ChangedInstance,
) => void;

export const recordChangesIn =
  (log: SystemLog): RecordChange =>
  ({ request, principal }, what, change, instance) =>
    log.record(request, { ...happeningOf(what, change, instance), ...principal.caller });

/** The parts of an org that the endpoints read and change. */
export interface EndpointParts {
  readonly origin: string;
  readonly state: OrgState;
  readonly changed: RecordChange;
  /** Checks a code of a factor that a user enrolls. */
  readonly checkCode: CheckCode;
}

type Switch = 'activate' | 'deactivate';

/** One kind of item that the API reads, makes, changes and deletes below a path. An operation that is left out has no endpoint. */
export interface Resource<Item> {
  readonly path: string;
  /** The name of the id in the path of one item: `zoneId`. */
  readonly id: string;
  /** Without `.read` and `.manage`. */
  readonly scope: string;
  /** Finds the item of a request, which `isChange` if it does not only read. Throws `ApiError`. */
  readonly find: (call: ApiCall, isChange: boolean) => Item;
  readonly show: (item: Item, call: ApiCall) => unknown;
  /** The kind and the item in the events of the System Log. */
  readonly what: ChangedThing;
  readonly instance: (item: Item, call: ApiCall) => ChangedInstance;
  readonly list?: (call: ApiCall) => readonly Item[];
  /** Whether one item can be read. By default, it can if there is a list. */
  readonly isReadable?: boolean;
  readonly create?: (call: ApiCall) => Item;
  /** The status of the answer to `create`, 200 by default. */
  readonly created?: 200 | 201;
  readonly replace?: (call: ApiCall, item: Item) => Item;
  readonly remove?: (call: ApiCall, item: Item) => void;
  /** Activates or deactivates. Returns undefined if the item had the status already. */
  readonly setStatus?: (call: ApiCall, item: Item, status: 'ACTIVE' | 'INACTIVE') => Item | undefined;
  /** The answer to `setStatus`: the item, an empty object or no body. */
  readonly switched?: 'item' | 'object' | 'nothing';
}

/** The endpoints of a resource. Each change is an event of the System Log. */
export function resourceEndpoints<Item>(resource: Resource<Item>, changed: RecordChange): readonly Endpoint[] {
  const { path, find, show, what, instance, list, create, replace, remove, setStatus, switched } = resource;
  const [read, scope] = [`${resource.scope}.read`, `${resource.scope}.manage`];
  const at = `${path}/{${resource.id}}`;
  const record = (call: ApiCall, change: string, item: Item) =>
    changed(call, what, change as never, instance(item, call));
  const endpoints: Endpoint[] = [];
  if (list) {
    const respond = (call: ApiCall) =>
      jsonResponse(
        200,
        list(call).map((item) => show(item, call)),
      );
    endpoints.push({ method: 'GET', path, scope: read, respond });
  }
  if (resource.isReadable ?? list) {
    const respond = (call: ApiCall) => jsonResponse(200, show(find(call, false), call));
    endpoints.push({ method: 'GET', path: at, scope: read, respond });
  }
  if (create) {
    const respond = (call: ApiCall) => {
      const item = create(call);
      record(call, 'create', item);
      return jsonResponse(resource.created ?? 200, show(item, call));
    };
    endpoints.push({ method: 'POST', path, scope, respond });
  }
  if (replace) {
    const respond = (call: ApiCall) => {
      const item = replace(call, find(call, true));
      record(call, 'update', item);
      return jsonResponse(200, show(item, call));
    };
    endpoints.push({ method: 'PUT', path: at, scope, respond });
  }
  if (remove) {
    const respond = (call: ApiCall) => {
      const item = find(call, true);
      remove(call, item);
      record(call, 'delete', item);
      return emptyResponse(204);
    };
    endpoints.push({ method: 'DELETE', path: at, scope, respond });
  }
  if (setStatus) {
    const respond = (change: Switch) => (call: ApiCall) => {
      const item = find(call, true);
      const after = setStatus(call, item, change === 'activate' ? 'ACTIVE' : 'INACTIVE');
      if (after) record(call, change, after);
      if (switched === 'nothing') return emptyResponse(204);
      return jsonResponse(200, switched === 'object' ? {} : show(after ?? item, call));
    };
    for (const change of ['activate', 'deactivate'] as const) {
      endpoints.push({ method: 'POST', path: `${at}/lifecycle/${change}`, scope, respond: respond(change) });
    }
  }
  return endpoints;
}

/** A link with the methods that it allows. */
export const hinted = (href: string, ...allow: readonly string[]) => ({ href, hints: { allow } });

/** The link of an item that switches its status: `activate` or `deactivate`. */
export const switchLink = (href: string, status: unknown) => {
  const change: Switch = status === 'ACTIVE' ? 'deactivate' : 'activate';
  return { [change]: hinted(`${href}/lifecycle/${change}`, 'POST') };
};

/** Finds the endpoint of a request. HEAD is GET without the body. */
export function createEndpointFinder(endpoints: readonly Endpoint[]) {
  const patterns = endpoints.map((endpoint) => ({
    endpoint,
    pattern: new RegExp(`^${endpoint.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
  }));
  return (
    method: string,
    path: string,
  ): { readonly endpoint: Endpoint; readonly params: ApiCall['params'] } | undefined => {
    for (const { endpoint, pattern } of patterns) {
      const match = endpoint.method === (method === 'HEAD' ? 'GET' : method) ? pattern.exec(path) : null;
      if (!match) continue;
      const params = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodedText(value)]);
      return { endpoint, params: Object.fromEntries(params) };
    }
    return undefined;
  };
}

/** Decodes a part of a path. Text with a wrong encoding stays as it is. */
export function decodedText(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Parses the JSON object in a body. Throws `ApiError` for anything else. */
export function parseBody(text: string): Body {
  if (text.trim() === '') return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ApiError('E0000003');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ApiError('E0000003');
  return value as Body;
}
