/** What bundles have instead of `node:http2`, which undici's client loads and does not use over HTTP/1.1. It is slow to load. */
export const constants = {};
