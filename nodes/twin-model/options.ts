import {
  AMBIENT_HUMIDITY,
  AMBIENT_TEMPERATURE,
  JAVA_PROCESSED_TIME,
  MATLAB_PROCESSED_TIME,
  MQTT_TIMESTAMP,
} from '../../lib/reading/keys';
import { TWIN_MODELS } from '../../lib/twin/twin-model-options';
import { defineNode } from '../common/definition';

const lives = { model: ['green-life', 'q10', 'arrhenius'] };
const byReference = { model: ['q10', 'arrhenius'] };
const humidity = { model: ['absolute-humidity', 'dew-point'] };

export const definition = defineNode({
  type: 'twin-model',
  role: 'node',
  color: '#E3B7A0',
  inputs: 1,
  outputs: [{ name: 'readings' }, { name: 'rejected', when: { rejectedOutput: [true] } }],
  options: {
    model: { kind: 'choice', default: 'green-life', choices: TWIN_MODELS, icon: 'fa-leaf', since: '0.1.0' },
    temperatureKey: {
      kind: 'text',
      default: AMBIENT_TEMPERATURE,
      required: true,
      maxLength: 200,
      icon: 'fa-thermometer-half',
      since: '0.1.0',
    },
    humidityKey: {
      kind: 'text',
      default: AMBIENT_HUMIDITY,
      required: true,
      maxLength: 200,
      when: humidity,
      icon: 'fa-tint',
      since: '0.1.0',
    },
    outputKey: { kind: 'text', default: '', maxLength: 200, icon: 'fa-sign-out', since: '0.1.0' },
    days: {
      kind: 'number',
      default: 38,
      min: 0.01,
      max: 100_000,
      unit: 'd',
      when: lives,
      icon: 'fa-calendar',
      since: '0.1.0',
      section: 'life',
    },
    referenceTemperature: {
      kind: 'number',
      default: 15,
      min: -30,
      max: 60,
      unit: '°C',
      when: byReference,
      icon: 'fa-thermometer-quarter',
      since: '0.1.0',
      section: 'life',
    },
    q10: { kind: 'number', default: 2.5, min: 1, max: 20, when: { model: ['q10'] }, since: '0.1.0', section: 'life' },
    activationEnergy: {
      kind: 'number',
      default: 89,
      min: 1,
      max: 1000,
      unit: 'kJ/mol',
      when: { model: ['arrhenius'] },
      icon: 'fa-fire',
      since: '0.1.0',
      section: 'life',
    },
    timeKey: {
      kind: 'text',
      default: MQTT_TIMESTAMP,
      required: true,
      maxLength: 200,
      when: lives,
      icon: 'fa-clock-o',
      since: '0.1.0',
      section: 'life',
    },
    keep: { kind: 'switch', default: true, when: lives, since: '0.1.0', section: 'life' },
    stamp: {
      kind: 'choice',
      default: MATLAB_PROCESSED_TIME,
      choices: [MATLAB_PROCESSED_TIME, JAVA_PROCESSED_TIME, 'none'],
      icon: 'fa-clock-o',
      since: '0.1.0',
      section: 'stamps',
    },
    replyStamp: { kind: 'switch', default: false, since: '0.1.0', section: 'stamps' },
    rejectedOutput: { kind: 'switch', default: false, since: '0.1.0', section: 'outputs' },
  },
});
