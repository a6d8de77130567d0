/**
 * What bundles have instead of `node:http2`, which undici loads and then never uses, because its clients are told to speak
 * HTTP/1.1.
 */
export const constants = {};
