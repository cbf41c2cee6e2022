import { TwinError } from '../reading/twin-error';

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/**
 * A number written in digits; nothing else is taken for one (no hexadecimal, no Infinity, nothing to evaluate).
 * @throws TwinError `SERIAL_NOT_A_NUMBER` that names the field
 */
export function decimalNumber(text: string, field: string): number {
  const trimmed = text.trim();
  const value = DECIMAL.test(trimmed) ? Number(trimmed) : NaN;
  if (Number.isFinite(value)) return value;
  throw new TwinError('SERIAL_NOT_A_NUMBER', `${field}: expected a number, got "${trimmed.slice(0, 40)}"`);
}
