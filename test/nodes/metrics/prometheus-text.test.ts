import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NodeReport } from '../../../nodes/common/metrics/node-meter';
import { prometheusText } from '../../../nodes/common/metrics/prometheus-text';

const report = (id: string, more: Partial<NodeReport> = {}): NodeReport => ({
  ...{ id, type: 'kafka-twin-read', name: 'all "of\\ it"\n', tab: 'f', lastError: '' },
  ...{ status: { kind: 'connected', text: 'lag 3' }, healthy: true, reason: '' },
  ...{ counters: { received: 0, sent: 7, rejected: 1, lost: 0 }, gauges: { lag: 3, inFlight: 2 } },
  ...more,
});

test('each figure is one family, with a sample for each node that has it', () => {
  const labels = '{id="a",type="kafka-twin-read",name="all \\"of\\\\ it\\"\\n"}';
  const text = prometheusText([report('a'), report('b', { name: '', healthy: false, gauges: {} })]);
  const lines = text.split('\n');
  assert.ok(lines.includes(`digital_twin_sent_total${labels} 7`));
  assert.ok(lines.includes(`digital_twin_in_flight${labels} 2`));
  assert.ok(lines.includes('digital_twin_healthy{id="b",type="kafka-twin-read",name=""} 0'));
  assert.equal(lines.filter((line) => line.startsWith('digital_twin_lag{')).length, 1);
  assert.equal(lines.filter((line) => line === '# TYPE digital_twin_sent_total counter').length, 1);
  assert.match(text, /\n$/);
  for (const line of lines.filter((one) => one !== '' && !one.startsWith('#'))) {
    assert.match(line, /^[a-z_]+\{(?:[a-z]+="(?:[^"\\\n]|\\["\\n])*",?)+\} \d+$/);
  }
});
