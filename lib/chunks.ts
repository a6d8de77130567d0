/** A list cut into lists of a size, of which the last may be shorter. */
export function chunks<Item>(items: readonly Item[], size: number): readonly (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / size) || 0 }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}
