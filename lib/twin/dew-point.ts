import { TwinError } from '../reading/twin-error';
import { checkHumidity, checkTemperature } from './climate-value';
import { MAGNUS } from './saturation-vapour-pressure';

/**
 * Dew point over liquid water, in °C: the temperature at which the Magnus formula (coefficients 17.62 and 243.12 °C,
 * see `saturationVapourPressure`) gives the vapour pressure that the air has now.
 *
 * Valid for air from -45 to 60 °C and a relative humidity above 0 up to 100 %; dry air has none. Where the dew point
 * itself is below -45 °C the formula is extrapolated. Reference: D. Sonntag (1990), Z. Meteorol. 70, 340-344.
 *
 * @param temperatureC air temperature, °C
 * @param relativeHumidity per cent over liquid water
 * @throws TwinError TWIN_TEMPERATURE, TWIN_HUMIDITY outside the range
 * @example
 * Math.round(dewPoint(20, 100) * 1e9) / 1e9; // => 20
 * Math.round(dewPoint(25, 60) * 100) / 100; // => 16.69
 */
export function dewPoint(temperatureC: number, relativeHumidity: number): number {
  checkTemperature(temperatureC, MAGNUS);
  checkHumidity(relativeHumidity);
  if (relativeHumidity === 0) throw new TwinError('TWIN_HUMIDITY', 'air without water vapour (0 %) has no dew point');
  const gamma = Math.log(relativeHumidity / 100) + (MAGNUS.slope * temperatureC) / (MAGNUS.offsetC + temperatureC);
  return (MAGNUS.offsetC * gamma) / (MAGNUS.slope - gamma);
}
