/** The text directly inside an element. Not that of elements within it: a hostile page nests them without end. */
export function ownText(element: { readonly children: readonly object[] }): string {
  return element.children.map((child) => ('data' in child ? String(child.data) : '')).join('');
}
