import { createHash } from 'node:crypto';
import { DomUtils } from 'htmlparser2';
import { parseMarkup } from './parse-markup.ts';

/** A script or a style that a page loads. */
export interface PageAsset {
  readonly kind: 'script' | 'style';
  readonly url: URL;
  /** The hashes of which it must have one (W3C, Subresource Integrity). Absent where any content is loaded. */
  readonly integrity?: string;
}

/** More than a sign-in page has. A page may be hostile. */
const mostAssets = 20;

/** The scripts and styles in a page, in its order. Its own URL resolves theirs. Only those over HTTPS are in it. */
export function assetsIn(html: string, base: string): readonly PageAsset[] {
  const isAsset = (name: string, rel = '') =>
    name === 'script' || (name === 'link' && /(^|\s)stylesheet(\s|$)/i.test(rel));
  return DomUtils.findAll(({ name, attribs }) => isAsset(name, attribs.rel), parseMarkup(html))
    .flatMap(({ name, attribs }): PageAsset[] => {
      const url = URL.parse((name === 'script' ? attribs.src : attribs.href)?.trim() || 'none:', base);
      const { integrity } = attribs;
      if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return [];
      return [{ kind: name === 'script' ? 'script' : 'style', url, ...(integrity && { integrity }) }];
    })
    .slice(0, mostAssets);
}

const mediaTypes: Readonly<Record<PageAsset['kind'], RegExp>> = {
  script: /^\s*(text|application)\/(x-)?(java|ecma)script\s*(;|$)/i,
  style: /^\s*text\/css\s*(;|$)/i,
};

/** Why a browser would not load an asset. Undefined if it would. */
export function whyNotLoaded(
  { kind, integrity }: PageAsset,
  {
    status,
    mediaType,
    bytes,
  }: { readonly status: number; readonly mediaType: string | null; readonly bytes: Uint8Array },
): string | undefined {
  if (status !== 200) return `status ${status}`;
  if (!mediaTypes[kind].test(mediaType ?? '')) return `its content type is not that of a ${kind}`;
  return integrity === undefined || isIntact(bytes, integrity)
    ? undefined
    : 'its content has another hash than the page demands';
}

const strengths = ['sha256', 'sha384', 'sha512'] as const;

/** Only the strongest hashes count, and one of them must fit. What is no hash is ignored, as browsers do. */
function isIntact(bytes: Uint8Array, integrity: string): boolean {
  const hashes = integrity.split(/\s+/).flatMap((one) => {
    const [, algorithm, value] = /^(sha(?:256|384|512))-([A-Za-z0-9+/_-]+={0,2})(?:\?.*)?$/.exec(one) ?? [];
    return algorithm === undefined || value === undefined ? [] : [{ algorithm, value }];
  });
  const strongest = strengths.findLast((each) => hashes.some(({ algorithm }) => algorithm === each));
  if (strongest === undefined) return true;
  const found = createHash(strongest).update(bytes).digest('base64');
  return hashes.some(
    ({ algorithm, value }) => algorithm === strongest && value.replaceAll('-', '+').replaceAll('_', '/') === found,
  );
}
