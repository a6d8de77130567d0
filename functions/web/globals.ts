/**
 * What bundles have instead of the globals of the same names. Node.js's own load its whole implementation of fetch, which
 * no function uses and which takes a tenth of the processor of a cold start.
 */
export { Headers } from './headers.ts';
export { Response } from './response.ts';
