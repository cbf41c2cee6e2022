// In the benchmark of the chain: writes down when each reading arrived at a node. By a hook: a node of its own on the
// wire would cost the flow a copy of each message.
const { createWriteStream } = require('node:fs');
const { EpochClock } = require('../../../dist/lib/latency/epoch-clock');

const clock = new EpochClock();
const HOOK = 'onReceive.bench-arrival';

module.exports = (RED) => {
  RED.nodes.registerType('bench-arrival', function (config) {
    RED.nodes.createNode(this, config);
    const file = createWriteStream(config.file);
    RED.hooks.add(HOOK, ({ msg, destination }) => {
      if (destination.id !== config.at) return;
      const arrival = clock.now();
      const { Sequence, Bridge_Timestamp } = msg.payload;
      file.write(`${Sequence} ${Bridge_Timestamp} ${arrival}\n`);
    });
    this.on('close', (done) => {
      RED.hooks.remove(HOOK);
      file.end(done);
    });
  });
};
