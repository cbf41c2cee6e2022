// The end of the flow in the benchmark of the chain: writes down when each reading arrived.
const { createWriteStream } = require('node:fs');
const { EpochClock } = require('../../../dist/lib/latency/epoch-clock');

const clock = new EpochClock();

module.exports = (RED) => {
  RED.nodes.registerType('bench-arrival', function (config) {
    RED.nodes.createNode(this, config);
    const file = createWriteStream(config.file);
    this.on('input', (message, _send, done) => {
      const arrival = clock.now();
      const { Sequence, Bridge_Timestamp } = message.payload;
      file.write(`${Sequence} ${Bridge_Timestamp} ${arrival}\n`);
      done();
    });
    this.on('close', (done) => file.end(done));
  });
};
