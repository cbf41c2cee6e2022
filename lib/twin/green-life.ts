import { arrheniusFactor } from './arrhenius-factor';
import { checkTemperature } from './climate-value';

/**
 * Green life of a banana: the days until it begins to ripen. Fitted to figure 11 of "Performance of a Digital Twin
 * platform for tracing quality changes in fruits" (Sensoren und Messsysteme 2022), residual 0.006 d rms.
 */
export const GREEN_LIFE = {
  /** Green life at the start of the figure, days. */
  initialDays: 38,
  /** Days of green life lost per day at the reference temperature. */
  referenceRate: 1.52,
  referenceC: 15,
  /** J/mol. */
  activationEnergy: 89_000,
  /** Range of the fit, °C: outside it the rate is extrapolated. */
  fitted: { min: 15, max: 23 },
  /** Below this temperature, °C, the peel takes chilling injury. */
  chillingC: 13,
  /** Temperatures that a fruit survives as a fruit, °C. */
  possible: { min: -30, max: 60 },
} as const;

/**
 * Days of green life that a banana loses per day at a temperature: `1.52 * exp(Ea / R * (1 / 288.15 K - 1 / T))`, Ea 89
 * kJ/mol. Fitted for 15 to 23 °C; computed from -30 to 60 °C, see `greenLifeFlags`.
 *
 * @param temperatureC temperature of the fruit, °C
 * @throws TwinError TWIN_TEMPERATURE below -30 or above 60 °C
 * @example
 * greenLifeRate(15); // => 1.52
 * Math.round(greenLifeRate(23) * 1000) / 1000; // => 4.146
 */
export function greenLifeRate(temperatureC: number): number {
  checkTemperature(temperatureC, GREEN_LIFE.possible);
  const { referenceRate, referenceC, activationEnergy } = GREEN_LIFE;
  return referenceRate * arrheniusFactor(temperatureC, referenceC, activationEnergy);
}

/** What a reader of a green life must know about the temperature behind it. */
export interface GreenLifeFlags {
  /** Below 13 °C: chilling injury, which the green life does not show. */
  readonly chilling: boolean;
  /** Outside 15 to 23 °C: the rate is extrapolated. */
  readonly outOfRange: boolean;
}

/**
 * @param temperatureC temperature of the fruit, °C
 * @example
 * greenLifeFlags(12.9); // => ({ chilling: true, outOfRange: true })
 * greenLifeFlags(13); // => ({ chilling: false, outOfRange: true })
 * greenLifeFlags(15); // => ({ chilling: false, outOfRange: false })
 */
export function greenLifeFlags(temperatureC: number): GreenLifeFlags {
  const { chillingC, fitted } = GREEN_LIFE;
  return {
    chilling: temperatureC < chillingC,
    outOfRange: temperatureC < fitted.min || temperatureC > fitted.max,
  };
}
