import { TwinError } from '../reading/twin-error';

/** MQTT 3.1.1 and 5, section 4.7.3: a topic is at most 65,535 bytes of UTF-8. */
const MAX_TOPIC_BYTES = 65_535;

/** @throws TwinError `MQTT_TOPIC` unless a message may be published under this name. */
export function assertTopicName(topic: string): void {
  const problem = commonProblem(topic) ?? (/[+#]/.test(topic) ? 'holds a wildcard (+ or #)' : undefined);
  if (problem) throw new TwinError('MQTT_TOPIC', `cannot publish under the topic ${quote(topic)}: it ${problem}`);
}

/** @throws TwinError `MQTT_TOPIC` unless this filter can be subscribed to. */
export function assertTopicFilter(filter: string): void {
  const levels = filter.split('/');
  const misplaced = levels.some(
    (level, index) =>
      (level.includes('+') && level !== '+') || (level.includes('#') && (level !== '#' || index !== levels.length - 1)),
  );
  const problem = commonProblem(filter) ?? (misplaced ? 'has a wildcard that is not a level of its own' : undefined);
  if (problem)
    throw new TwinError('MQTT_TOPIC', `cannot subscribe to the topic filter ${quote(filter)}: it ${problem}`);
}

/** Whether a message of this topic belongs to the filter (`+`, `#`, `$share/group/…`; MQTT 5, section 4.7). */
export function matchesFilter(filter: string, topic: string): boolean {
  const wanted = filter.startsWith('$share/') ? filter.split('/').slice(2) : filter.split('/');
  const levels = topic.split('/');
  // Wildcards do not reach into the broker's own topics.
  if (topic.startsWith('$') && (wanted[0] === '#' || wanted[0] === '+')) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}

function commonProblem(topic: string): string | undefined {
  if (topic === '') return 'is empty';
  if (topic.includes('\0')) return 'holds a null character';
  if (Buffer.byteLength(topic) > MAX_TOPIC_BYTES) return `is longer than ${MAX_TOPIC_BYTES} bytes`;
  return undefined;
}

const quote = (topic: string): string => JSON.stringify(topic.length > 100 ? `${topic.slice(0, 100)}…` : topic);
