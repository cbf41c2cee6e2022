/**
 * The buffers of all typed arrays within a value, each once: what can be moved to another thread without a copy.
 *
 * Only whole buffers: an array that is a view of a part is left out, as moving it would take what lies beside it away.
 * Cost: one look at each property.
 *
 * @example
 * transferableBuffers({ a: new Float64Array(2), b: [new Float64Array(4).subarray(1)] }).length; // => 1
 */
export function transferableBuffers(value: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  const visit = (item: unknown): void => {
    if (typeof item !== 'object' || item === null) return;
    if (ArrayBuffer.isView(item)) {
      if (item.buffer instanceof ArrayBuffer && item.byteLength === item.buffer.byteLength) found.add(item.buffer);
      return;
    }
    for (const part of Object.values(item)) visit(part);
  };
  visit(value);
  return [...found];
}
