/**
 * The command that switches the board's heater on: six bytes.
 *
 *     0      1 2 3     4       5
 *     00     00 00 00  00      checksum
 *     command, message, fill,  two's complement of the sum of the bytes before it, modulo 256
 *
 * @param message three bytes that the board ignores for this command
 */
export function heaterCommand(message: readonly [number, number, number] = [0, 0, 0]): Buffer {
  return commandFrame(0x00, message);
}

/** A command frame for any command byte. */
export function commandFrame(command: number, message: readonly [number, number, number], fill = 0): Buffer {
  const bytes = [command, ...message, fill];
  for (const byte of bytes) {
    if (!Number.isInteger(byte) || byte < 0 || byte > 255) throw new RangeError(`a byte is 0 to 255, got ${byte}`);
  }
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  return Buffer.from([...bytes, (256 - (sum % 256)) % 256]);
}
