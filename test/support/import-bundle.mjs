/**
 * Imports a bundle in a process of its own and prints as JSON what it did meanwhile: `done` has the functions of Node.js
 * that read files, make keys or open connections, as far as they were called; `loaded` has the modules of Node.js that were
 * loaded; `open` has the sockets, timers and files that are left.
 */
import crypto from 'node:crypto';
import dns from 'node:dns';
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';
import { pathToFileURL } from 'node:url';

const [, , bundle] = process.argv;
const done = [];
const watched = {
  crypto: [
    crypto,
    ['createPrivateKey', 'createSecretKey', 'generateKeyPair', 'generateKeyPairSync', 'sign', 'createSign'],
  ],
  subtle: [crypto.subtle, ['generateKey', 'importKey', 'sign', 'verify', 'digest']],
  dns: [dns, ['lookup', 'resolve']],
  fs: [fs, ['readFile', 'readFileSync', 'open', 'openSync', 'stat', 'statSync', 'readdirSync']],
  promises: [fs.promises, ['readFile', 'open', 'stat', 'readdir']],
  socket: [net.Socket.prototype, ['connect']],
  tls: [tls, ['createSecureContext', 'connect']],
};
const before = new Set(process.moduleLoadList);
for (const [name, [object, functions]] of Object.entries(watched)) {
  for (const each of functions) {
    const original = object[each];
    object[each] = function (...given) {
      // Node.js itself reads the bundle.
      if (!String(given[0]).endsWith(bundle)) done.push(`${name}.${each}`);
      return Reflect.apply(original, this, given);
    };
  }
}
syncBuiltinESMExports();
// Node.js opens these when they are first used, and all of them when `node:process` is imported, as the AWS SDK does.
const { stdin: _, stdout: __, stderr: ___ } = process;
const outputs = process.getActiveResourcesInfo().length;
await import(pathToFileURL(bundle).href);
const loaded = process.moduleLoadList.filter((name) => !before.has(name));
const open = process.getActiveResourcesInfo().slice(outputs);
process.stdout.write(JSON.stringify({ done, loaded, open }));
