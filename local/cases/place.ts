/** Where a finding is: `token@org`, or the run itself where no probe said it. */
export function placeOf({ probe = 'the run', server }: { readonly probe?: string; readonly server?: string }): string {
  return server === undefined ? probe : `${probe}@${server}`;
}
