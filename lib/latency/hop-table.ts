import {
  BRIDGE_TIMESTAMP,
  JAVA_PROCESSED_TIME,
  MATLAB_PROCESSED_TIME,
  MODEL_REPLY_TIME,
  MQTT_TIMESTAMP,
} from '../reading/keys';

/** The end of a hop that is not a stamp of the reading but the moment of its arrival at the reader. */
export const NOW = 'now';

/** One hop of a pipeline: a delay between two moments of the same reading. */
export interface Hop {
  /** Key of the stamp at which the hop begins (epoch milliseconds). */
  readonly from: string;
  /** Key of the stamp at which the hop ends, or `NOW`. */
  readonly to: string;
  /** Name of the delay; the field under which InfluxDB keeps it. */
  readonly label: string;
  /** How far the clock at `to` runs ahead of the clock at `from`, in milliseconds; it is subtracted from the delay. */
  readonly clockOffsetMs: number;
}

const hop = (from: string, to: string, label: string): Hop => ({ from, to, label, clockOffsetMs: 0 });

/** The hops of the reference pipeline, under the names that its dashboards already query. */
export const defaultHops: readonly Hop[] = [
  hop(MQTT_TIMESTAMP, BRIDGE_TIMESTAMP, 'MQTT Bridge Time Diff'),
  hop(BRIDGE_TIMESTAMP, NOW, 'Bridge_Kafka_Time Diff'),
  hop(BRIDGE_TIMESTAMP, MATLAB_PROCESSED_TIME, 'Bridge Matlab Time diff'),
  hop(BRIDGE_TIMESTAMP, JAVA_PROCESSED_TIME, 'Bridge Java Time diff'),
  hop(MATLAB_PROCESSED_TIME, NOW, 'Matlab Kafka Time diff'),
  hop(JAVA_PROCESSED_TIME, NOW, 'Java Kafka Time diff'),
  hop(JAVA_PROCESSED_TIME, MATLAB_PROCESSED_TIME, 'Java Matlab Queue Time diff'),
  hop(JAVA_PROCESSED_TIME, MODEL_REPLY_TIME, 'Model Processing Time diff'),
];
