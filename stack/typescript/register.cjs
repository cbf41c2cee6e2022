// Lets plain Node.js run the sources: `node --require ./stack/typescript/register.cjs FILE.ts`. A test run starts some
// hundreds of processes, and a loader that looks at every module, as tsx does, costs each of them 0.3 s: this one leaves
// the packages to Node.js, and compiles a source once for all processes.
const Module = require('node:module');
const { javaScriptOf } = require('./javascript-of.cjs');

Module._extensions['.ts'] = (module, file) => module._compile(javaScriptOf(file), file);
process.setSourceMapsEnabled(true);
