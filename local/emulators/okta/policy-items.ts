import { hinted } from './application-items.ts';
import type { Stored } from './documents.ts';

/** A policy or a rule as the API shows it. Those of Okta itself cannot be deactivated or deleted. */
export function policyItem(item: Stored, href: string, kind: 'policy' | 'rule') {
  const isActive = item.status === 'ACTIVE';
  const isSystem = item.system === true;
  return {
    ...item,
    _links: {
      self: hinted(href, 'GET', 'PUT', ...(isSystem ? [] : ['DELETE'])),
      ...(kind === 'policy' && { rules: hinted(`${href}/rules`, 'GET', 'POST') }),
      ...(!isSystem &&
        (isActive
          ? { deactivate: hinted(`${href}/lifecycle/deactivate`, 'POST') }
          : { activate: hinted(`${href}/lifecycle/activate`, 'POST') })),
    },
  };
}
