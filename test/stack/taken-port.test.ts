import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { test, type TestContext } from 'node:test';
import { Machine } from '../../stack/machine';
import { PortBook } from '../../stack/port-book';
import { RunFile } from '../../stack/run-file';
import type { ServerContext, ServerRecipe } from '../../stack/server-recipe';
import { influxdb } from '../../stack/servers/influxdb';
import { kafka } from '../../stack/servers/kafka';
import { mosquitto } from '../../stack/servers/mosquitto';
import { stackFolder } from './stack-folder';

/** Hands out a port that another program took after it was found free. */
class LatePorts extends PortBook {
  readonly #taken: number;
  readonly #late: string;

  constructor(dataDir: string, late: string, taken: number) {
    super(dataDir);
    this.#late = late;
    this.#taken = taken;
  }

  override choose(use: string, wish: { usual?: number; fixed?: number }): Promise<number> {
    return use === this.#late ? Promise.resolve(this.#taken) : super.choose(use, wish);
  }
}

async function startOnTakenPort(t: TestContext, recipe: ServerRecipe, late: string): Promise<void> {
  // A server that accepts and stays silent, so that a health check cannot take it for ours.
  const other = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(other, 'listening');
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const folder = stackFolder(t);
  const context: ServerContext = {
    folder: join(folder, recipe.name),
    cacheDir: resolve('.data', 'cache'),
    logDir: join(folder, 'logs'),
    machine: new Machine(),
    ports: new LatePorts(folder, late, port),
    runFile: await RunFile.claim(folder, () => undefined),
    env: {},
    packDir: resolve('.'),
    log: () => undefined,
    signal: new AbortController().signal,
    onEnd: () => undefined,
  };
  await assert.rejects(recipe.start(context), (error: Error & { code?: string }) => {
    assert.equal(error.code, 'STACK_PORT_TAKEN', error.message);
    assert.match(error.message, new RegExp(`port ${port} `));
    return true;
  });
}

test('Mosquitto whose port was taken meanwhile is reported with that port', (t) =>
  startOnTakenPort(t, mosquitto, 'mqtt'));
test('InfluxDB whose port was taken meanwhile is reported with that port', (t) =>
  startOnTakenPort(t, influxdb, 'influx'));
test('InfluxDB whose backup port was taken meanwhile is reported with that port', (t) =>
  startOnTakenPort(t, influxdb, 'influx-backup'));
test('Kafka whose port was taken meanwhile is reported with that port', (t) => startOnTakenPort(t, kafka, 'kafka'));
test('Kafka whose controller port was taken meanwhile is reported with that port', (t) =>
  startOnTakenPort(t, kafka, 'kafka-controller'));
