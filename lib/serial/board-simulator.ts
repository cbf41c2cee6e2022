import {
  AMBIENT_HUMIDITY,
  AMBIENT_TEMPERATURE,
  WALL1_HUMIDITY,
  WALL1_TEMPERATURE,
  WALL2_HUMIDITY,
  WALL2_TEMPERATURE,
} from '../reading/keys';
import type { Reading } from '../reading/reading';
import { encodeReading } from '../reading/reading-codec';
import type { FrameFormat } from './frame-format';
import { encodeNucleoFrame } from './nucleo-frame';
import { encodePicoLine } from './pico-format';

/** Days of one slow rise and fall. */
const DRIFT_DAYS = 30;
const MOST_LOST_BYTES = 8;
const DAY_MS = 24 * 60 * 60 * 1000;

export interface BoardSimulatorOptions {
  readonly format: FrameFormat;
  readonly framesPerS: number;
  /** The same seed gives the same values and the same faults. */
  readonly seed: number;
  /** Epoch milliseconds of frame 0. */
  readonly startMs: number;
  /** Length of the daily cycle; a short one shows a period within minutes. */
  readonly dayMs?: number;
  /** Share of the frames, 0 to 1, that the board does not send (a dropout). */
  readonly dropouts?: number;
  /** Share of the frames, 0 to 1, that reach the line without their last bytes. */
  readonly truncated?: number;
  /** Share of the frames, 0 to 1, that lose one to eight bytes at a random place. */
  readonly lostBytes?: number;
}

/**
 * One sensor: mean, daily swing and slow drift (both peak to mean), standard deviation of noise, in the value's unit.
 */
interface Sensor {
  readonly key: string;
  readonly mean: number;
  readonly swing: number;
  readonly drift: number;
  readonly noise: number;
  /** How far its highest value lies behind the ambient one's, as a share of the day. */
  readonly lag: number;
}

const SENSORS: readonly Sensor[] = [
  { key: AMBIENT_TEMPERATURE, mean: 22, swing: 3, drift: 0.8, noise: 0.05, lag: 0 },
  { key: AMBIENT_HUMIDITY, mean: 50, swing: -9, drift: -2, noise: 0.2, lag: 0 },
  { key: WALL1_TEMPERATURE, mean: 20.5, swing: 2, drift: 0.8, noise: 0.03, lag: 0.08 },
  { key: WALL1_HUMIDITY, mean: 55, swing: -6, drift: -2, noise: 0.15, lag: 0.08 },
  { key: WALL2_TEMPERATURE, mean: 19.5, swing: 1.5, drift: 0.6, noise: 0.03, lag: 0.12 },
  { key: WALL2_HUMIDITY, mean: 58, swing: -5, drift: -2, noise: 0.15, lag: 0.12 },
];
/** The smaller boards have one sensor. */
const AMBIENT_ONLY: readonly FrameFormat[] = ['pico', 'udp'];

/**
 * A board without hardware: the frames of a real one, with a daily cycle, a slow drift, noise and faults. Frame n
 * depends on nothing but the options and n, so that whoever knows both can say what must arrive.
 */
export class BoardSimulator {
  readonly #options: BoardSimulatorOptions;

  constructor(options: BoardSimulatorOptions) {
    this.#options = options;
  }

  /** Epoch milliseconds of frame n. */
  timeOf(n: number): number {
    return this.#options.startMs + (n * 1000) / this.#options.framesPerS;
  }

  /** The values of frame n, in the resolution of the format. */
  values(n: number): Reading {
    const { format, seed, dayMs = DAY_MS, startMs } = this.#options;
    const days = (this.timeOf(n) - startMs) / dayMs;
    const ofDay = this.timeOf(n) / dayMs;
    const digits = format === 'pico' ? 1 : 2;
    const sensors = AMBIENT_ONLY.includes(format) ? SENSORS.slice(0, 2) : SENSORS;
    return Object.fromEntries(
      sensors.map(({ key, mean, swing, drift, noise, lag }, channel) => {
        const cycle = swing * Math.sin(2 * Math.PI * (ofDay - lag));
        const slow = drift * Math.sin((2 * Math.PI * days) / DRIFT_DAYS);
        const value = mean + cycle + slow + noise * normal(seed, n, channel);
        return [key, Number(value.toFixed(digits))];
      }),
    );
  }

  /** The bytes of frame n as they reach the line; undefined when it drops out. */
  frame(n: number): Buffer | undefined {
    const { seed, dropouts = 0, truncated = 0, lostBytes = 0 } = this.#options;
    const chance = (channel: number): number => uniform(seed, n, channel);
    if (chance(100) < dropouts) return undefined;
    const whole = this.#encode(this.values(n));
    if (chance(101) < truncated) return whole.subarray(0, Math.floor(chance(102) * whole.length));
    if (chance(103) >= lostBytes) return whole;
    const lost = 1 + Math.floor(chance(104) * MOST_LOST_BYTES);
    const at = Math.floor(chance(105) * (whole.length - lost));
    return Buffer.concat([whole.subarray(0, at), whole.subarray(at + lost)]);
  }

  #encode(values: Reading): Buffer {
    const temperature = values[AMBIENT_TEMPERATURE] as number;
    const humidity = values[AMBIENT_HUMIDITY] as number;
    switch (this.#options.format) {
      case 'nucleo':
        return encodeNucleoFrame(values);
      case 'pico':
        return encodePicoLine(temperature, humidity);
      case 'udp':
        return Buffer.from(`${temperature.toFixed(2)} ${humidity.toFixed(2)}:`);
      case 'json':
        return Buffer.from(`${encodeReading(values)}\n`);
      case 'csv':
        return Buffer.from(`${Object.values(values).join(',')}\n`);
    }
  }
}

/** A number in [0, 1) that depends on nothing but its arguments (mixing as in MurmurHash3's finaliser). */
function uniform(seed: number, n: number, channel: number): number {
  let hash =
    Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(n + 1, 0xc2b2ae35) ^ Math.imul(channel + 1, 0x27d4eb2f);
  for (let round = 0; round < 2; round++) {
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return (hash >>> 0) / 2 ** 32;
}

/** Standard normal (Box and Muller 1958). */
function normal(seed: number, n: number, channel: number): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniform(seed, n, 2 * channel)));
  return radius * Math.cos(2 * Math.PI * uniform(seed, n, 2 * channel + 1));
}
