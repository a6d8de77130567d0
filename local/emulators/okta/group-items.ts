import type { Group } from './groups.ts';

/** A group as the API shows it. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Group/ */
export function groupItem({ members: _, ...group }: Group, origin: string) {
  const href = `${origin}/api/v1/groups/${group.id}`;
  return {
    ...{ ...group, objectClass: ['okta:user_group'] },
    _links: { self: { href }, users: { href: `${href}/users` }, apps: { href: `${href}/apps` } },
  };
}
