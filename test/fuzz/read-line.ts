/** A line of line protocol as its specification reads it (InfluxDB OSS 2 reference, "Line protocol"). */
export interface ReadLine {
  readonly measurement: string;
  readonly tags: [string, string][];
  readonly fields: [string, string | number | bigint | boolean][];
  readonly time: bigint;
}

/**
 * Reads one line, character by character; shares nothing with the encoder. Throws at the first character that does not
 * belong there, so that a separator which was not escaped is seen.
 */
export function readLine(line: string): ReadLine {
  let at = 0;
  const expect = (character: string): void => {
    if (line[at] !== character) throw new Error(`expected ${character} at ${at} of ${JSON.stringify(line)}`);
    at++;
  };
  /** Up to a separator; a backslash stands for itself unless something that it may escape follows. */
  const name = (separators: string, escapable: string): string => {
    let text = '';
    while (at < line.length && !separators.includes(line[at]!)) {
      if (line[at] === '\\' && at + 1 < line.length && escapable.includes(line[at + 1]!)) at++;
      text += line[at++];
    }
    if (/[\n\r]/.test(text)) throw new Error(`a line break in the name ${JSON.stringify(text)}`);
    if (text === '') throw new Error(`an empty name at ${at} of ${JSON.stringify(line)}`);
    return text;
  };
  const value = (): string | number | bigint | boolean => {
    if (line[at] !== '"') return bareValue(name(', ', ''));
    let text = '';
    for (at++; line[at] !== '"'; at++) {
      if (at >= line.length) throw new Error(`a text without its end in ${JSON.stringify(line)}`);
      if (line[at] === '\\' && (line[at + 1] === '"' || line[at + 1] === '\\')) at++;
      text += line[at];
    }
    at++;
    return text;
  };

  const measurement = name(', ', ', ');
  const tags: ReadLine['tags'] = [];
  while (line[at] === ',') {
    at++;
    const key = name('=', ',= ');
    expect('=');
    tags.push([key, name(', ', ',= ')]);
  }
  const fields: ReadLine['fields'] = [];
  do {
    expect(fields.length === 0 ? ' ' : ',');
    const key = name('=', ',= ');
    expect('=');
    fields.push([key, value()]);
  } while (line[at] === ',');
  expect(' ');
  const time = BigInt(line.slice(at));
  return { measurement, tags, fields, time };
}

function bareValue(text: string): number | bigint | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^-?\d+i$/.test(text)) return BigInt(text.slice(0, -1));
  if (/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return Number(text);
  throw new Error(`${text} is no value`);
}
