import { checkTemperature } from './climate-value';

/** Coefficients of the Magnus formula over liquid water, and the range for which they were fitted. */
export const MAGNUS = { pressureHpa: 6.112, slope: 17.62, offsetC: 243.12, min: -45, max: 60 } as const;

/**
 * Saturation vapour pressure of moist air over liquid water, in hPa, by the Magnus formula
 * `6.112 * exp(17.62 * t / (243.12 + t))`.
 *
 * Valid from -45 to 60 °C, within 0.3 % of the reference formulation from -20 °C on. Below 0 °C it is that of
 * supercooled water, not of ice. Reference: D. Sonntag (1990), Z. Meteorol. 70, 340-344; WMO Guide to Instruments and
 * Methods of Observation (WMO-No. 8), annex 4.B.
 *
 * @param temperatureC air temperature, °C
 * @throws TwinError TWIN_TEMPERATURE outside the range
 * @example
 * saturationVapourPressure(0); // => 6.112
 * Math.round(saturationVapourPressure(20) * 100) / 100; // => 23.33
 */
export function saturationVapourPressure(temperatureC: number): number {
  checkTemperature(temperatureC, MAGNUS);
  return MAGNUS.pressureHpa * Math.exp((MAGNUS.slope * temperatureC) / (MAGNUS.offsetC + temperatureC));
}
