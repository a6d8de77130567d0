import { idAt, type JsonObject, shownName, textAt } from './json-fields.ts';

/** An event hook, an inline hook or a log stream. */
export interface Hook {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  /** Of event hooks alone. One that is not verified gets no events. */
  readonly isUnverified: boolean;
}

export function parseHooks(items: readonly JsonObject[]): readonly Hook[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    if (id === undefined) return [];
    const isUnverified = textAt(item, 'verificationStatus') === 'UNVERIFIED';
    return [{ id, name: shownName(item, id), isActive: textAt(item, 'status') === 'ACTIVE', isUnverified }];
  });
}
