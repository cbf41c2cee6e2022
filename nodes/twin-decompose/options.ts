import { AMBIENT_TEMPERATURE, MQTT_TIMESTAMP } from '../../lib/reading/keys';
import { defineNode } from '../common/definition';

const DURATION = '\\d+(\\.\\d+)?\\s*(ms|s|min|m|h|d|w)';

export const definition = defineNode({
  type: 'twin-decompose',
  role: 'node',
  color: '#F0B6C6',
  inputs: 1,
  outputs: [
    { name: 'components' },
    { name: 'anomalies', when: { anomaliesOutput: [true] } },
    { name: 'rejected', when: { rejectedOutput: [true] } },
  ],
  options: {
    key: { kind: 'text', default: AMBIENT_TEMPERATURE, required: true, maxLength: 200, icon: 'fa-key', since: '0.1.0' },
    stampKey: {
      kind: 'text',
      default: MQTT_TIMESTAMP,
      required: true,
      maxLength: 200,
      icon: 'fa-clock-o',
      since: '0.1.0',
    },
    step: { kind: 'text', default: '', pattern: DURATION, icon: 'fa-arrows-h', since: '0.1.0' },
    method: {
      kind: 'choice',
      default: 'stl',
      choices: ['additive', 'multiplicative', 'stl', 'mstl'],
      icon: 'fa-clone',
      section: 'method',
      since: '0.1.0',
    },
    period: {
      kind: 'text',
      default: 'auto',
      required: true,
      pattern: `(auto|\\d+|${DURATION})(\\s*,\\s*(\\d+|${DURATION}))*`,
      icon: 'fa-refresh',
      section: 'method',
      since: '0.1.0',
    },
    log: {
      kind: 'switch',
      default: false,
      when: { method: ['additive', 'stl', 'mstl'] },
      section: 'method',
      since: '0.1.0',
    },
    robust: { kind: 'switch', default: true, when: { method: ['stl', 'mstl'] }, section: 'method', since: '0.1.0' },
    extrapolate: {
      kind: 'switch',
      default: false,
      when: { method: ['additive', 'multiplicative'] },
      section: 'method',
      since: '0.1.0',
    },
    form: {
      kind: 'choice',
      default: 'arrays',
      choices: ['arrays', 'rows'],
      icon: 'fa-table',
      section: 'outputs',
      since: '0.1.0',
    },
    anomaliesOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
    anomaliesFrom: {
      kind: 'number',
      default: 3.5,
      min: 1,
      max: 100,
      icon: 'fa-bolt',
      when: { anomaliesOutput: [true] },
      section: 'outputs',
      since: '0.1.0',
    },
    rejectedOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
  },
});
