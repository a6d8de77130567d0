/** Adds an item to a set, and returns the function that removes it. */
export function addTo<Item>(items: Set<Item>, item: Item): () => void {
  items.add(item);
  return () => {
    items.delete(item);
  };
}
