/** An error of AWS. */
export interface AwsError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

/** How an operation is refused: by an error, by a connection that is cut, or by one on which nothing ever comes. */
export type AwsFault = AwsError | 'connection closed' | 'no answer';

/** What an operation throws when it refuses what it was asked, as AWS would. */
export class RefusedByAws extends Error {
  readonly error: AwsError;

  constructor(type: string, message: string, status = 400) {
    super(`${type}: ${message}`);
    this.error = { status, type, message };
  }
}
