/** How many per cent of all fuzz inputs go to each target. */
export const SHARES = {
  'streams of every format': 10,
  'one endless line of every format': 11,
  'good lines among rubbish': 10,
  datagrams: 5,
  'Nucleo frames among noise': 4,
  'JSON text': 12,
  readings: 10,
  'values that are no readings': 4,
  'topic templates': 5,
  headers: 3,
  'records of Kafka': 4,
  'batches of Kafka': 3,
  'spool records': 3,
  points: 8,
  'objects that may be points': 3,
  'InfluxQL text': 2,
  'annotated CSV': 2,
  'answers of InfluxDB': 1,
  // Each of these inputs is many at once.
  'readings as Python writes them': 0.001,
  'points in a server': 0.001,
} as const;
