/**
 * Replaces `node:http2`, which is slow to load, in bundles. undici's client and the AWS SDK's handler import it, and
 * neither uses it over HTTP/1.1.
 */
export const constants = {};

// biome-ignore lint/style/noDefaultExport: the AWS SDK imports the default export of `node:http2`
export default { constants };
