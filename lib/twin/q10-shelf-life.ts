import { TwinError } from '../reading/twin-error';
import { checkTemperature, type ValueRange } from './climate-value';

/** Shelf life at one temperature, and how it changes with temperature. */
export interface Q10Life {
  /** Shelf life at the reference temperature, days. */
  readonly referenceDays: number;
  readonly referenceC: number;
  /** How many times as fast the product spoils when it is 10 °C warmer. */
  readonly q10: number;
}

/** Temperatures for which a shelf life is computed, °C; the product's own range is narrower. */
export const SHELF_LIFE_RANGE: ValueRange = { min: -30, max: 60 };

/**
 * Shelf life at a constant temperature, in days: `referenceDays * q10 ^ ((referenceC - t) / 10)`.
 *
 * Valid where the product's Q10 was measured, usually 10 to 20 °C around the reference; computed from -30 to 60 °C.
 * Typical Q10: 2 to 3 for chilled fruit. Reference: T. P. Labuza (1982), Shelf-Life Dating of Foods.
 *
 * @param temperatureC temperature of the product, °C
 * @throws TwinError TWIN_TEMPERATURE; TWIN_OPTIONS when the days or the Q10 are not above 0
 * @example
 * q10ShelfLife(15, { referenceDays: 10, referenceC: 5, q10: 2 }); // => 5
 * q10ShelfLife(5, { referenceDays: 10, referenceC: 5, q10: 2 }); // => 10
 */
export function q10ShelfLife(temperatureC: number, { referenceDays, referenceC, q10 }: Q10Life): number {
  checkTemperature(temperatureC, SHELF_LIFE_RANGE);
  if (!(referenceDays > 0 && q10 > 0)) {
    throw new TwinError('TWIN_OPTIONS', `shelf life and Q10 are above 0, got ${referenceDays} and ${q10}`);
  }
  return referenceDays * q10 ** ((referenceC - temperatureC) / 10);
}
