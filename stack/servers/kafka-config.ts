/**
 * Settings of one Apache Kafka 4 process that is broker and controller at once (KRaft).
 * Every replication factor is 1, as there is one broker.
 */
export function kafkaConfig(port: number, controllerPort: number, logDir: string): string {
  return `${[
    'process.roles=broker,controller',
    'node.id=1',
    `controller.quorum.voters=1@127.0.0.1:${controllerPort}`,
    `listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    `advertised.listeners=PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names=CONTROLLER',
    'listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'offsets.topic.replication.factor=1',
    'offsets.topic.num.partitions=8',
    'transaction.state.log.replication.factor=1',
    'transaction.state.log.min.isr=1',
    'share.coordinator.state.topic.replication.factor=1',
    'share.coordinator.state.topic.min.isr=1',
    'group.initial.rebalance.delay.ms=0',
    // After a kill the controller takes the old broker for alive until its session ends, and lets no other start. By
    // default that is 9 s, in which every client waits; here controller and broker live and die together.
    'broker.session.timeout.ms=3000',
    'broker.heartbeat.interval.ms=500',
    // By default 128 MiB of the heap, of which a broker with little to compact needs next to nothing.
    'log.cleaner.dedupe.buffer.size=16777216',
    `log.dirs=${logDir}`,
  ].join('\n')}\n`;
}

/** Without a binding and a console appender, a broker whose port is taken exits without a word. */
export const LOG4J2_CONFIG = `status = warn
appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d %p %c{1}: %m%n%ex{short}
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
`;
