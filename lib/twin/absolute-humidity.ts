import { checkHumidity } from './climate-value';
import { saturationVapourPressure } from './saturation-vapour-pressure';

/** Molar mass of water (18.01528 g/mol) over the gas constant (8.314462618 J/(mol K)), in g K / J. */
const WATER_G_K_PER_J = 18.01528 / 8.314462618;
const PA_PER_HPA = 100;
export const ZERO_CELSIUS_K = 273.15;

/**
 * Absolute humidity of air, in grams of water vapour per cubic metre: the vapour as an ideal gas, its pressure from the
 * relative humidity and `saturationVapourPressure`.
 *
 * Valid from -45 to 60 °C and 0 to 100 %. Reference: WMO-No. 8, annex 4.A; ideal gas law.
 *
 * @param temperatureC air temperature, °C
 * @param relativeHumidity per cent over liquid water
 * @throws TwinError TWIN_TEMPERATURE, TWIN_HUMIDITY outside the range
 * @example
 * absoluteHumidity(20, 0); // => 0
 * Math.round(absoluteHumidity(20, 50) * 100) / 100; // => 8.62
 */
export function absoluteHumidity(temperatureC: number, relativeHumidity: number): number {
  checkHumidity(relativeHumidity);
  const vapourPa = (saturationVapourPressure(temperatureC) * PA_PER_HPA * relativeHumidity) / 100;
  return (WATER_G_K_PER_J * vapourPa) / (temperatureC + ZERO_CELSIUS_K);
}
