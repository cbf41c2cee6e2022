import type { SimulatedBoard } from '../simulated-board';
import type { Stack } from '../stack';
import { Delays } from './delays';
import { InfluxStage } from './influx-stage';
import { KafkaStage } from './kafka-stage';
import { MqttStage } from './mqtt-stage';
import type { Stage } from './stage';

/** How long a reading may be on its way before the live line calls it lost. */
const ON_THE_WAY_MS = 10_000;

/** Counts of every stage by the servers themselves. */
export class PipelineCount {
  readonly stages: readonly Stage[];
  readonly board: SimulatedBoard | undefined;
  readonly #mqtt: MqttStage | undefined;
  readonly #delays: Delays;
  readonly #history: { atMs: number; expected: number }[] = [];
  #writtenBefore = 0;

  private constructor(stages: readonly Stage[], delays: Delays, board: SimulatedBoard | undefined) {
    this.stages = stages;
    this.board = board;
    this.#mqtt = stages.find((stage) => stage instanceof MqttStage);
    this.#delays = delays;
  }

  /** Opens a count at each server that runs. Rejects when one of them refuses, leaving nothing open. */
  static async open(stack: Stack, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<PipelineCount> {
    const all = { ...env, ...stack.env };
    const delays = new Delays();
    const influx = stack.influx && new InfluxStage(all);
    const mqtt = stack.mqtt && (await MqttStage.open(all, (reading) => influx?.expect(reading)));
    try {
      const onDelay = (delayMs: number): void => delays.add(delayMs);
      const kafka = stack.kafka && (await KafkaStage.open({ env: all, onDelay, signal }));
      const stages = [mqtt, kafka, influx].filter((stage) => stage !== undefined);
      return new PipelineCount(stages, delays, stack.board?.simulated);
    } catch (error) {
      await mqtt?.close();
      throw error;
    }
  }

  /** Readings that every stage should see: what the simulated board wrote, or else what reached MQTT. */
  get expected(): number {
    return this.board ? this.board.written - this.#writtenBefore : (this.#mqtt?.seen ?? 0);
  }

  /** Readings that were written a while ago and that some stage has not seen. */
  get lost(): number {
    const now = Date.now();
    this.#history.push({ atMs: now, expected: this.expected });
    while ((this.#history[1]?.atMs ?? Infinity) <= now - ON_THE_WAY_MS) this.#history.shift();
    const first = this.#history[0];
    const due = first && first.atMs <= now - ON_THE_WAY_MS ? first.expected : 0;
    return Math.max(0, due - Math.min(...this.stages.map((stage) => stage.seen)));
  }

  /** Delay from MQTT to the reader of Kafka that a share `q` of the last 1,000 readings does not exceed, in ms. */
  delayMs(q: number): number | undefined {
    return this.#delays.quantile(q);
  }

  begin(): void {
    this.#writtenBefore = this.board?.written ?? 0;
    this.#history.length = 0;
    for (const stage of this.stages) stage.begin();
  }

  async refresh(): Promise<void> {
    await Promise.all(this.stages.map((stage) => stage.refresh()));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.stages.map((stage) => stage.close()));
  }
}
