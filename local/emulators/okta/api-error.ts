import type { EnvelopeCode } from './error-responses.ts';

/** A request that the management API refuses, with its error code, the causes and, if it is not the code's own, the summary. */
export class ApiError extends Error {
  readonly errorCode: EnvelopeCode;
  readonly causes: readonly string[];
  /** What the placeholder in the code's summary stands for. */
  readonly detail: string;
  readonly summary: string | undefined;

  constructor(
    errorCode: EnvelopeCode,
    causes: string | readonly string[] = [],
    { detail = '', summary }: { readonly detail?: string; readonly summary?: string | undefined } = {},
  ) {
    super(summary ?? [errorCode, causes].flat().join(': '));
    this.errorCode = errorCode;
    this.causes = [causes].flat();
    this.detail = detail;
    this.summary = summary;
  }
}

/** The error for a value that the API does not take. `what` is the model or the attribute, which the summary names. */
export function invalid(what: string, ...causes: readonly string[]): ApiError {
  return new ApiError('E0000001', causes, { detail: what });
}

/** The error for an item that does not exist. `type` is Okta's name of its kind. */
export function notFound(id: string, type: string): ApiError {
  return new ApiError('E0000007', [], { detail: `${id} (${type})` });
}

/** The value that was found, if one was. Throws the error for an item that does not exist. */
export function found<Value>(value: Value | undefined, id: string, type: string): Value {
  if (value === undefined) throw notFound(id, type);
  return value;
}
