/**
 * What this evaluator does not know how to judge, said instead of guessed.
 *
 * Trap: a message must stand alone. It is listed by the alarm's logical id, far from the text that caused it.
 */
export class UnsupportedError extends Error {
  override readonly name = 'Unevaluable';
}
