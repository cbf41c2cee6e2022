/**
 * Repeats what was written `offset` bytes ago, `length` bytes of it, at `at`: where both overlap, it is a pattern that
 * goes on.
 *
 * @throws RangeError when that lies before the beginning, or the end is behind `limit`
 */
export function repeatEarlier(bytes: Buffer, at: number, offset: number, length: number, limit: number): void {
  if (offset <= 0 || offset > at) throw new RangeError(`a copy from ${offset} bytes before byte ${at}`);
  if (length > limit - at) throw new RangeError(`more than the ${limit} bytes that there should be`);
  if (offset >= length) bytes.copyWithin(at, at - offset, at - offset + length);
  else for (let i = 0; i < length; i++) bytes[at + i] = bytes[at + i - offset]!;
}

/**
 * Copies bytes [from, from + length) as they are to `at`.
 *
 * @throws RangeError when they are not all there, or the end is behind `limit`
 */
export function copyLiteral(
  source: Buffer,
  from: number,
  length: number,
  bytes: Buffer,
  at: number,
  limit: number,
): void {
  if (length > source.length - from) throw new RangeError('the compressed bytes end too early');
  if (length > limit - at) throw new RangeError(`more than the ${limit} bytes that there should be`);
  source.copy(bytes, at, from, from + length);
}
