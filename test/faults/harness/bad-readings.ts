import type { Rejection } from './rejections';

/** A way for a reading to be bad, and the node and code that must refuse it. */
interface BadKind {
  readonly make: (line: string, mark: string) => string;
  readonly node: string;
  readonly code: string;
}

/** More than a broker of Kafka takes in one record. */
const MEGABYTE = 'x'.repeat(1_100_000);
const marked = (line: string, more: string): string => line.replace(/}$/, `, ${more}}`);

/** Of messages in MQTT. Each bears a mark by which it is known again. */
export const BAD_MESSAGES: readonly BadKind[] = [
  {
    make: (line, mark) => marked(line.replace(/"Ambient Temperature": [\d.]+/, '"Ambient Temperature": "warm"'), mark),
    ...{ node: 'write', code: 'INFLUX_FIELD_TYPE' },
  },
  {
    make: (line, mark) => marked(line.replace(/"Ambient Temperature": [\d.]+/, '"Ambient Temperature": NaN'), mark),
    ...{ node: 'bridge', code: 'READING_NOT_A_NUMBER' },
  },
  {
    make: (line, mark) => marked(line, mark).slice(0, -1),
    ...{ node: 'bridge', code: 'READING_NOT_JSON' },
  },
  {
    make: (line, mark) => marked(line, `"Note": "${MEGABYTE}", ${mark}`),
    ...{ node: 'bridge', code: 'KAFKA_RECORD_TOO_LARGE' },
  },
  {
    make: (_line, mark) => `{"Pressure": 1013.2, "Wind": 3.4, "MQTT_Timestamp": 1674000000000, ${mark}}`,
    ...{ node: 'write', code: 'INFLUX_NOTHING_TO_WRITE' },
  },
];

/** Of lines on a serial line: no JSON, cut, and joined with its neighbour. */
export const BAD_FRAMES: readonly BadKind[] = [
  { make: (_line, mark) => `22.5  45.1 ${mark}`, node: 'board', code: 'READING_NOT_JSON' },
  { make: (line, mark) => marked(line, mark).slice(1), node: 'board', code: 'READING_NOT_JSON' },
  { make: (line, mark) => marked(line, mark) + line, node: 'board', code: 'READING_NOT_JSON' },
];

/** Makes every `every`-th reading a bad one, of each kind in turn, and knows which they were. */
export class BadReadings {
  readonly #expected: string[] = [];

  constructor(
    private readonly kinds: readonly BadKind[],
    private readonly every: number,
  ) {}

  get count(): number {
    return this.#expected.length;
  }

  readonly spoil = (line: string, count: number): string | undefined => {
    if (count % this.every !== this.every - 1) return undefined;
    const number = this.#expected.length;
    const { make, node, code } = this.kinds[number % this.kinds.length]!;
    this.#expected.push(`${number} ${node} ${code}`);
    return make(line, `"Bad": ${number}`);
  };

  /** What the rejections should be, and what they were: one text each, sorted by number. */
  compare(rejections: readonly Rejection[]): {
    readonly expected: readonly string[];
    readonly heard: readonly string[];
  } {
    const heard = rejections.map(({ node, code, text }) => `${/"Bad": ?(\d+)/.exec(text)?.[1]} ${node} ${code}`);
    return { expected: this.#expected, heard: heard.sort((a, b) => parseInt(a) - parseInt(b)) };
  }
}
