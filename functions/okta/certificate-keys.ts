import { idAt, type JsonObject, memberAt, objectsIn, shownName, textAt, timeAt } from './json-fields.ts';

/** When the certificate of each key expires (epoch ms), by kid. Keys without a certificate are left out. */
export function expiriesByKid(items: readonly JsonObject[]): ReadonlyMap<string, number> {
  return new Map(
    items.flatMap((item): readonly (readonly [string, number])[] => {
      const [kid, expiresAt] = [idAt(item, 'kid'), timeAt(item, 'expiresAt')];
      return kid === undefined || expiresAt === undefined ? [] : [[kid, expiresAt]];
    }),
  );
}

/** An application that signs SAML responses. */
export interface SigningApplication {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  /** The kid of the certificate that signs. Others are listed too, and sign nothing. */
  readonly kid?: string;
}

/** The application, if it is one of SAML. */
export function parseSigningApplication(item: JsonObject): SigningApplication | undefined {
  const id = idAt(item, 'id');
  if (id === undefined || !textAt(item, 'signOnMode')?.startsWith('SAML')) return undefined;
  const kid = idAt(item, 'credentials', 'signing', 'kid');
  const isActive = textAt(item, 'status') === 'ACTIVE';
  return { id, name: shownName(item, id, 'label'), isActive, ...(kid !== undefined && { kid }) };
}

/** An identity provider that users come from, and the keys that its assertions may be signed with. */
export interface TrustedProvider {
  readonly id: string;
  readonly name: string;
  readonly kids: readonly string[];
}

/** The active identity providers whose assertions are verified with certificates. */
export function parseTrustedProviders(items: readonly JsonObject[]): readonly TrustedProvider[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    const trust = memberAt(item, 'protocol', 'credentials', 'trust');
    const more = memberAt(trust, 'additionalKids');
    const kids = [memberAt(trust, 'kid'), ...(Array.isArray(more) ? more : [])].filter(
      (kid) => typeof kid === 'string',
    );
    if (id === undefined || kids.length === 0 || textAt(item, 'status') !== 'ACTIVE') return [];
    return [{ id, name: shownName(item, id), kids }];
  });
}

/** The objects of a list that must have an id. Undefined if none of them has. */
export function identified(values: unknown): readonly JsonObject[] | undefined {
  const objects = objectsIn(values);
  const known = objects.filter((each) => (idAt(each, 'id') ?? idAt(each, 'kid')) !== undefined);
  return Array.isArray(values) && (values.length === 0 || known.length > 0) ? known : undefined;
}
