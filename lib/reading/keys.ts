/** Keys of a reading on the wire. Values: degrees Celsius, per cent relative humidity, epoch milliseconds. */
export const AMBIENT_TEMPERATURE = 'Ambient Temperature';
export const AMBIENT_HUMIDITY = 'Ambient Humidity';
export const WALL1_TEMPERATURE = 'Wall1 Temperature';
export const WALL1_HUMIDITY = 'Wall1 Humidity';
export const WALL2_TEMPERATURE = 'Wall2 Temperature';
export const WALL2_HUMIDITY = 'Wall2 Humidity';

/** Clock of the publisher when the reading went to MQTT. */
export const MQTT_TIMESTAMP = 'MQTT_Timestamp';
/** Clock of the bridge when the MQTT message arrived. */
export const BRIDGE_TIMESTAMP = 'Bridge_Timestamp';
/** Clock of a consumer when the record arrived. */
export const KAFKA_TIMESTAMP = 'Kafka_Timestamp';
export const MATLAB_PROCESSED_TIME = 'Matlab_Processed_TimeMs';
export const JAVA_PROCESSED_TIME = 'Java_Processed_Time';
export const MODEL_REPLY_TIME = 'Model_Reply_Time';

/** Name of the board or node that made the reading. */
export const SOURCE = 'Source';
/** Number of the reading within its source; rises by one per reading, never repeats. */
export const SEQUENCE = 'Sequence';
/** True on a reading that is sent again after an outage. */
export const REPLAYED = 'Replayed';

const INTEGER_KEYS = new Set([
  MQTT_TIMESTAMP,
  BRIDGE_TIMESTAMP,
  KAFKA_TIMESTAMP,
  MATLAB_PROCESSED_TIME,
  JAVA_PROCESSED_TIME,
  MODEL_REPLY_TIME,
  SEQUENCE,
]);

/** True for stamps and counters, which stay integers on the wire; every other number is a measured value. */
export function isIntegerKey(key: string): boolean {
  return INTEGER_KEYS.has(key) || key.endsWith('_Timestamp') || key.endsWith('_TimeMs');
}
