import { memberAt, textAt } from './json-fields.ts';

/** The public metadata of an org, as far as it can be read. */
export interface OrgMetadata {
  readonly id?: string;
  readonly engine?: 'identity' | 'classic';
  /** The cell in the metadata's own words, such as `ok8`. */
  readonly cell?: unknown;
  /** The hosts of the org, with their ports: the name that Okta gave it, and its custom domain. */
  readonly hosts: readonly string[];
}

const engines: Readonly<Record<string, OrgMetadata['engine']>> = { idx: 'identity', v1: 'classic' };

/**
 * Reads the answer of `/.well-known/okta-organization`, which may be anything.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingMetadata/
 */
export function readOrgMetadata(document: unknown): OrgMetadata {
  const links = memberAt(document, '_links');
  const id = textAt(document, 'id');
  const engine = engines[textAt(document, 'pipeline') ?? ''];
  return {
    ...(id !== undefined && { id }),
    ...(engine && { engine }),
    cell: memberAt(document, 'cell'),
    hosts: ['organization', 'alternate'].flatMap((link) => {
      const url = URL.parse(textAt(memberAt(links, link), 'href') ?? '');
      return url?.protocol === 'https:' ? [url.host] : [];
    }),
  };
}
