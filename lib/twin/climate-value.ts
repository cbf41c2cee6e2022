import { TwinError } from '../reading/twin-error';

/** Limits of a formula; both ends belong to it. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** @throws TwinError TWIN_TEMPERATURE when it is no number, or outside the range (°C) of a formula */
export function checkTemperature(temperatureC: number, { min, max }: ValueRange): void {
  if (temperatureC >= min && temperatureC <= max) return;
  throw new TwinError('TWIN_TEMPERATURE', `the formula holds from ${min} to ${max} °C, got ${temperatureC}`);
}

/** @throws TwinError TWIN_HUMIDITY when it is no number, or outside 0 to 100 % */
export function checkHumidity(relativeHumidity: number): void {
  if (relativeHumidity >= 0 && relativeHumidity <= 100) return;
  throw new TwinError('TWIN_HUMIDITY', `relative humidity lies between 0 and 100 %, got ${relativeHumidity}`);
}
