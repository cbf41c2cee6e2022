// Tells what the process holds on to: timers, sockets, heap. No flow needs it; its route is there once it is loaded.
const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const collectGarbage = vm.runInNewContext('gc');

module.exports = function (RED) {
  RED.httpAdmin.get('/test/resources', (_request, response) => {
    const counts = {};
    for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
    collectGarbage();
    response.json({ resources: counts, heapBytes: process.memoryUsage().heapUsed });
  });
  RED.nodes.registerType('resources', function (config) {
    RED.nodes.createNode(this, config);
  });
};
