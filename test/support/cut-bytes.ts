/** The bytes in pieces of the lengths that `length` gives, one after the other, as an answer may arrive. */
export async function* cutBytes(text: string, length: () => number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length;) {
    const to = from + Math.max(1, Math.floor(length()));
    yield await Promise.resolve(bytes.subarray(from, to));
    from = to;
  }
}

/** Everything that an asynchronous iteration gives. */
export async function allOf<T>(parts: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const part of parts) all.push(part);
  return all;
}
