/** A secret of the monitor's own that cannot be used. Trap: the message names the secret and never quotes it. */
export class SecretUnreadable extends Error {
  override readonly name = 'SecretUnreadable';

  constructor(secret: string, why: string) {
    super(`secret "${secret}": ${why}`);
  }
}
