/**
 * Thrown for everything that the emulator does not evaluate.
 *
 * Trap: the message must be clear without context, because it is listed with nothing but the logical id.
 */
export class UnsupportedError extends Error {
  override readonly name = 'UnsupportedError';
}
