/**
 * Addresses of the real servers that the test run started; a test without its server fails instead of passing unseen.
 */
function address(variable: string): string {
  const value = process.env[variable];
  if (!value)
    throw new Error(`${variable} is not set: run the tests by "npm test -- FILE", which starts the servers first`);
  return value;
}

export const mqttUrl = (): string => address('MQTT_URL');
export const kafkaBrokers = (): string[] => address('KAFKA_BROKERS').split(',');
export const influxUrl = (): string => address('INFLUX_URL');
