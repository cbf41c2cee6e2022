// Nodes for the flows of the completion test: a source that is told, sinks that take their time, a node of the old kind.
// Every event is one line on the console, so that the test can read the order from outside the process.
const { TrackedSource } = require('../../../dist/nodes/common/completion/tracked-source.js');

module.exports = function (RED) {
  const say = (event) => console.log(`EVENT ${JSON.stringify(event)}`);

  RED.nodes.registerType('tracked-source', function (config) {
    RED.nodes.createNode(this, config);
    const source = new TrackedSource(RED, Number(config.holdLimitMs ?? 60000));
    this.on('input', (message, send, done) => {
      source.send(
        { topic: config.name, payload: message.payload },
        (out) => send(out),
        (outcome) => say({ kind: 'settled', name: config.name, payload: message.payload, ...outcome }),
      );
      done();
    });
    this.on('close', () => source.close());
  });
  RED.nodes.registerType('slow-sink', function (config) {
    RED.nodes.createNode(this, config);
    const timers = new Set();
    this.on('input', (message, send, done) => {
      const timer = setTimeout(
        () => {
          timers.delete(timer);
          say({ kind: 'stored', name: config.name, payload: message.payload });
          done(config.fail ? new Error('refused') : undefined);
        },
        Number(config.delay ?? 200),
      );
      timers.add(timer);
    });
    this.on('close', (done) => {
      timers.forEach(clearTimeout);
      setTimeout(done, Number(config.closeMs ?? 0));
    });
  });
  RED.nodes.registerType('old-style', function (config) {
    RED.nodes.createNode(this, config);
    this.on('input', function (message) {
      this.send(message);
    });
  });
  RED.nodes.registerType('silent', function (config) {
    RED.nodes.createNode(this, config);
    this.on('input', (message, send, done) => void done);
  });
};
