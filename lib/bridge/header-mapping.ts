import type { KafkaHeaders } from '../kafka/kafka-record';

const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * Kafka headers as MQTT 5 user properties. MQTT carries text only: a header that is null, or not valid UTF-8, or holds
 * a NUL, has no form there and is left out.
 */
export function userPropertiesOf(headers: KafkaHeaders): Record<string, string[]> {
  const properties: [string, string[]][] = [];
  for (const [name, header] of Object.entries(headers)) {
    const values = [header].flat().flatMap((value) => textOf(value) ?? []);
    if (values.length > 0 && !name.includes('\0')) properties.push([name, values]);
  }
  return Object.fromEntries(properties);
}

function textOf(value: Buffer | string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  try {
    const text = typeof value === 'string' ? value : utf8.decode(value);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
