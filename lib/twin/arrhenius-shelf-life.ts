import { TwinError } from '../reading/twin-error';
import { arrheniusFactor } from './arrhenius-factor';
import { checkTemperature } from './climate-value';
import { SHELF_LIFE_RANGE } from './q10-shelf-life';

/** Shelf life at one temperature, and the activation energy of what spoils the product. */
export interface ArrheniusLife {
  /** Shelf life at the reference temperature, days. */
  readonly referenceDays: number;
  readonly referenceC: number;
  /** J/mol; 50,000 to 120,000 for most foods. */
  readonly activationEnergy: number;
}

/**
 * Shelf life at a constant temperature, in days: `referenceDays / arrheniusFactor(t)`.
 *
 * Valid where the activation energy was measured; computed from -30 to 60 °C. Reference: T. P. Labuza and D. Riboh
 * (1982), Food Technology 36(10), 66-74.
 *
 * @param temperatureC temperature of the product, °C
 * @throws TwinError TWIN_TEMPERATURE; TWIN_OPTIONS when the days or the activation energy are not above 0
 * @example
 * arrheniusShelfLife(4, { referenceDays: 12, referenceC: 4, activationEnergy: 80000 }); // => 12
 * Math.round(arrheniusShelfLife(14, { referenceDays: 12, referenceC: 4, activationEnergy: 80000 }) * 1000) / 1000; // => 3.582
 */
export function arrheniusShelfLife(
  temperatureC: number,
  { referenceDays, referenceC, activationEnergy }: ArrheniusLife,
): number {
  checkTemperature(temperatureC, SHELF_LIFE_RANGE);
  if (!(referenceDays > 0 && activationEnergy > 0)) {
    const got = `${referenceDays} and ${activationEnergy}`;
    throw new TwinError('TWIN_OPTIONS', `shelf life and activation energy are above 0, got ${got}`);
  }
  return referenceDays / arrheniusFactor(temperatureC, referenceC, activationEnergy);
}
