import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdirSync, readdirSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freshName } from '../support/fresh-topic';
import { untilGreen } from '../support/log-probes';
import { foreignSubscriber } from '../support/mosquitto-sub';
import { NodeRedProcess, type NodeRedOptions } from '../support/node-red-process';
import { countArrivals } from './harness/arrivals';
import { readingsIn } from './harness/far-ends';
import { configNodes, onTab, serialToMqtt } from './harness/fault-flow';
import { form, LIMIT_MS } from './harness/fault-form';
import { report } from './harness/fault-row';
import { killMosquitto, startMortalMosquitto } from './harness/fault-servers';
import { Load } from './harness/load';
import { metricsOf } from './harness/metrics';
import { loggedRejections, rejectionLog } from './harness/rejections';
import { serialFeed } from './harness/serial-feed';

const SPOOL = join('digital-twin', 'spool');
/** Half of what comes in an outage finds room; a reading takes some 200 bytes there. */
const DISK_BYTES = form.outageS * form.ratePerS * 100;

test(
  'the disk that keeps readings in an outage fails them; Node-RED lives and counts',
  { timeout: LIMIT_MS },
  async (t) => {
    const mosquitto = await startMortalMosquitto(t);

    await t.test('its disk is full', async (t) => {
      const prepare = (userDir: string): void => mountSmallDisk(t, join(userDir, SPOOL));
      const { load, red, payloads } = await throughOutage(t, { prepare }, () => sleep(form.outageS * 1000));
      const rejected = loggedRejections(red, 'publish');
      const fault = `disk of the spool full, Mosquitto down ${form.outageS} s`;
      const arrivals = countArrivals(load.sent, readingsIn(payloads));
      const row = { fault, flow: 'serial > MQTT', arrivals, onceOnly: false, counted: rejected.length };
      // While the disk is full and the broker is back, a reading goes out at once and overtakes those on the disk.
      report(t, { ...row, rejected: rejected.length, anyOrder: true });
      assert.ok(rejected.length > 0, 'the disk was large enough for all');
      assert.deepEqual([...rejected].sort(), [...arrivals.lost].sort());
      const { counters, lastError } = await metricsOf(red, 'publish');
      assert.equal(counters['rejected'], rejected.length);
      assert.match(lastError, /free space/);
    });

    await t.test('its file is cut at a random byte', async (t) => {
      const { load, red, payloads } = await throughOutage(t, {}, async (red) => {
        await sleep((form.outageS * 1000) / 2);
        t.diagnostic(cutAtRandom(join(red.userDir, SPOOL, 'publish')));
        await sleep((form.outageS * 1000) / 2);
      });
      const { counters, status } = await metricsOf(red, 'publish');
      const fault = `file of the spool cut at a random byte, Mosquitto down ${form.outageS} s`;
      const arrivals = countArrivals(load.sent, readingsIn(payloads));
      report(t, { fault, flow: 'serial > MQTT', arrivals, onceOnly: false, counted: counters['lost'] ?? 0 });
      assert.ok(arrivals.lost.length > 0, 'the cut cost nothing');
      assert.match(status.text, /lost/);
    });

    /** From readings that flow, over an outage of the broker in which something happens, to the last that arrives. */
    async function throughOutage(
      t: TestContext,
      options: NodeRedOptions,
      during: (red: NodeRedProcess) => Promise<void>,
    ): Promise<{ load: Load; red: NodeRedProcess; payloads: readonly Buffer[] }> {
      const names = { mqttTopic: `faults/${freshName()}`, kafkaTopic: '' };
      const line = await serialFeed(t);
      const far = await foreignSubscriber(t, mosquitto.url, names.mqttTopic, ['-c', '-i', names.mqttTopic]);
      const configs = configNodes({
        mqttPort: mosquitto.port,
        brokers: 'unused:1',
        influxUrl: 'http://unused',
        database: 'x',
      });
      const publish = { rejectedOutput: true, wires: [['rejected-publish']] };
      const nodes = [...serialToMqtt(line.port, names, {}, publish), ...rejectionLog('publish')];
      const red = await NodeRedProcess.start({ ...options, flows: [...configs.slice(0, 2), ...onTab(nodes)] });
      t.after(() => red.stop());
      await untilGreen(red, ['board', 'publish']);
      const load = new Load(line);
      t.after(() => load.abandon());
      load.start();
      await load.lasting(form.leadS);
      await killMosquitto(mosquitto);
      await during(red);
      await mosquitto.restart();
      await sleep(form.leadS * 1000);
      await load.lasting(form.loadS);
      await load.stop();
      await drained(red);
      assert.ok(red.running);
      return { load, red, payloads: far.payloads };
    }
  },
);

/** Resolves when nothing waits on disk and nothing has come or gone for a while. */
async function drained(red: NodeRedProcess): Promise<void> {
  let before = '';
  for (let same = 0; same < 8;) {
    await sleep(250);
    const { counters, gauges, status } = await metricsOf(red, 'publish');
    const now = JSON.stringify({ counters, gauges });
    same = now === before && status.kind !== 'busy' && status.kind !== 'waiting' ? same + 1 : 0;
    before = now;
  }
}

/** A real file system that is too small; it goes with the test. */
function mountSmallDisk(t: TestContext, folder: string): void {
  mkdirSync(folder, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder], { stdio: 'pipe' });
  } catch (cause) {
    throw new Error('a full disk needs a disk to fill: run this test as root on Linux, where it may mount a tmpfs', {
      cause,
    });
  }
  t.after(() => execFileSync('umount', ['--lazy', folder]));
}

/** @returns what was cut, and where */
function cutAtRandom(folder: string): string {
  const files = readdirSync(folder).filter((name) => name.endsWith('.spool'));
  const file = join(folder, files[randomInt(files.length)] ?? 'none');
  const { size } = statSync(file);
  const length = randomInt(size);
  truncateSync(file, length);
  return `${file} was cut from ${size} to ${length} bytes`;
}
