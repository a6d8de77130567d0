import type { Config } from './schema.ts';

/**
 * What nobody would notice before a notifier fails. Lambda then sends the raw alarm to the topic of people. E-mail shows
 * any text; Amazon Q Developer drops what is not its own document, and other tools have topics of their own.
 */
export function receiverNotes({ alerts }: Pick<Config, 'alerts'>): readonly string[] {
  return (['pages', 'tickets'] as const).flatMap((list) => {
    const receivers = alerts[list];
    if (receivers.length === 0 || receivers.some(({ kind }) => kind === 'email')) return [];
    return [
      `alerts.${list} has no e-mail address. If the function that writes messages fails, the original alarm reaches people only by e-mail: add an address.`,
    ];
  });
}
