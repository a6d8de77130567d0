/** Queues of messages that could not be delivered. Nothing but a person reads them. */
export interface Queues {
  add(queue: string, text: string): void;
  /** The messages in a queue, the oldest first. */
  messages(queue: string): readonly string[];
  purge(queue: string): void;
  /** The queues that have ever contained a message: SQS publishes metrics only of active ones. */
  active(): readonly string[];
}

export function openQueues(names: () => readonly string[]): Queues {
  const contents = new Map<string, string[]>();
  const known = (queue: string) => {
    if (!names().includes(queue)) throw new Error(`no queue is named ${queue}`);
    return contents.get(queue) ?? [];
  };
  return {
    add: (queue, text) => contents.set(queue, [...known(queue), text]),
    messages: known,
    purge(queue) {
      if (known(queue).length > 0) contents.set(queue, []);
    },
    active: () => [...contents.keys()],
  };
}
