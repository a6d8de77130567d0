import { idAt, type JsonObject, textAt, timeAt } from './json-fields.ts';

export interface CustomDomain {
  readonly id: string;
  readonly domain: string;
  /** Whether Okta renews the certificate. */
  readonly isManaged: boolean;
  /** Okta's word, such as `COMPLETED`. */
  readonly validation: string;
  /** When the certificate that Okta holds expires (epoch ms). */
  readonly expiresAt?: number;
}

/**
 * The custom domains of an org. The list has the org's own domain too, which is left out.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/CustomDomain/
 */
export function parseCustomDomains(items: readonly JsonObject[]): readonly CustomDomain[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    const domain = /^[a-z0-9.-]{1,253}$/i.exec(textAt(item, 'domain') ?? '')?.[0];
    if (id === undefined || id === 'default' || domain === undefined) return [];
    const expiresAt = timeAt(item, 'publicCertificate', 'expiration');
    return [
      {
        ...{ id, domain: domain.toLowerCase(), isManaged: textAt(item, 'certificateSourceType') === 'OKTA_MANAGED' },
        validation: /^[A-Z_]{1,40}$/.exec(textAt(item, 'validationStatus') ?? '')?.[0] ?? 'unknown',
        ...(expiresAt !== undefined && { expiresAt }),
      },
    ];
  });
}

/** Whether a domain is verified, so that Okta serves it. */
export function isVerified({ validation }: CustomDomain): boolean {
  return validation === 'COMPLETED' || validation === 'VERIFIED';
}
