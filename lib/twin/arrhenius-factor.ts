import { ZERO_CELSIUS_K } from './absolute-humidity';

/** Molar gas constant, J/(mol K); CODATA 2018. */
export const GAS_CONSTANT = 8.314462618;

/**
 * How many times as fast as at the reference temperature a reaction runs: `exp(Ea / R * (1 / Tref - 1 / T))` with both
 * temperatures in kelvin.
 *
 * Domain: temperatures above absolute zero. Reference: S. Arrhenius (1889), Z. Phys. Chem. 4, 226-248, in the
 * reparameterised form usual in food science.
 *
 * @param temperatureC °C
 * @param referenceC °C, where the factor is 1
 * @param activationEnergy J/mol
 * @example
 * arrheniusFactor(15, 15, 89000); // => 1
 * Math.round(arrheniusFactor(23, 15, 89000) * 1000) / 1000; // => 2.728
 */
export function arrheniusFactor(temperatureC: number, referenceC: number, activationEnergy: number): number {
  const inverse = 1 / (referenceC + ZERO_CELSIUS_K) - 1 / (temperatureC + ZERO_CELSIUS_K);
  return Math.exp((activationEnergy / GAS_CONSTANT) * inverse);
}
