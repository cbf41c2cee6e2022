import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkMqtt } from '../health/mqtt-health';
import { ManagedProcess } from '../managed-process';
import type { RunningServer, ServerRecipe } from '../server-recipe';
import { fixedPort, launched } from './launched';

/** The MQTT broker: Eclipse Mosquitto 2 with a generated configuration. */
export const mosquitto: ServerRecipe = {
  name: 'mqtt',
  title: 'Mosquitto',
  variable: 'MQTT_URL',
  compose: {
    service: 'mosquitto',
    port: 1883,
    portVariable: 'MQTT_PORT',
    env: (port) => ({ MQTT_URL: `mqtt://127.0.0.1:${port}` }),
  },
  lacking: (machine) =>
    Promise.resolve(machine.find('mosquitto') ? [] : [{ program: 'mosquitto', debianPackage: 'mosquitto' }]),

  async connect(env) {
    const url = env['MQTT_URL'] ?? '';
    const username = env['MQTT_USERNAME'];
    const password = env['MQTT_PASSWORD'];
    await checkMqtt({ url, ...(username ? { username } : {}), ...(password ? { password } : {}) });
    return running(url, 'MQTT broker');
  },

  async start(context) {
    const port = await context.ports.choose('mqtt', { usual: 1883, ...fixedPort(context.env, 'MQTT_PORT') });
    mkdirSync(context.folder, { recursive: true });
    const config = join(context.folder, 'mosquitto.conf');
    writeFileSync(config, mosquittoConfig(port, context.folder));
    const server = new ManagedProcess({
      title: 'Mosquitto',
      command: context.machine.find('mosquitto') ?? 'mosquitto',
      args: ['-c', config],
      logFile: join(context.logDir, 'mosquitto.log'),
      signal: context.signal,
    });
    const url = `mqtt://127.0.0.1:${port}`;
    return launched(context, server, running(url, 'Mosquitto'), () => server.ready(() => checkMqtt({ url }), port));
  },
};

function running(url: string, version: string): RunningServer {
  const { hostname, port } = new URL(url);
  return {
    name: 'mqtt',
    address: url,
    version,
    env: { MQTT_URL: url, MQTT_HOST: hostname, MQTT_PORT: port || '1883' },
    stop: () => Promise.resolve(),
  };
}

/**
 * Mosquitto's own limits lose messages in an outage (1,000 queued per client) and cap QoS 1 at 20 in flight; without
 * no-delay each QoS 1 hop costs 40 ms. It would change to the user `mosquitto` when started by root, who cannot reach a
 * checkout in root's home.
 */
function mosquittoConfig(port: number, folder: string): string {
  return `${[
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'set_tcp_nodelay true',
    'max_queued_messages 0',
    'max_inflight_messages 1000',
    'persistence true',
    `persistence_location ${folder}/`,
    'autosave_interval 5',
    'sys_interval 1',
    'log_dest stderr',
    'log_type error',
    'log_type warning',
    'log_type notice',
    'connection_messages false',
    ...(process.getuid?.() === 0 ? ['user root'] : []),
  ].join('\n')}\n`;
}
