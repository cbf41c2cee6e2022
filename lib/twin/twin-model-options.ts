import { TwinError } from '../reading/twin-error';

export const TWIN_MODELS = ['green-life', 'q10', 'arrhenius', 'absolute-humidity', 'dew-point'] as const;
export type TwinModelName = (typeof TWIN_MODELS)[number];

/** Keys under which models write their result; the first two are what the measurements of a model's topic expect. */
export const CURRENT_SHELF_LIFE = 'Current_Shelf_Life';
export const ABSOLUTE_HUMIDITY = 'Abs_Humidity';
export const DEW_POINT = 'Dew_Point';
export const CHILLING = 'Chilling';
export const OUT_OF_RANGE = 'Out_Of_Range';

export interface TwinModelOptions {
  readonly model: TwinModelName;
  /** Key of the temperature, °C. */
  readonly temperatureKey: string;
  /** Key of the relative humidity, per cent; for the humidity models. */
  readonly humidityKey: string;
  /** Key of the reading's own time, epoch ms; for the models that remember. */
  readonly timeKey: string;
  /** Key of the result; empty for the model's own. */
  readonly outputKey: string;
  /** Life at the beginning: green life, or shelf life at the reference temperature, in days. */
  readonly days: number;
  readonly referenceC: number;
  readonly q10: number;
  /** J/mol. */
  readonly activationEnergy: number;
}

/**
 * Whether a model carries a state from reading to reading.
 * @example
 * remembers('q10'); // => true
 * remembers('dew-point'); // => false
 */
export function remembers(model: TwinModelName): boolean {
  return model === 'green-life' || model === 'q10' || model === 'arrhenius';
}

/**
 * The key of a model's result: the one that the options name, else the model's own.
 * @example
 * resultKey({ model: 'green-life', outputKey: '' }); // => 'Current_Shelf_Life'
 * resultKey({ model: 'dew-point', outputKey: 'Dew point' }); // => 'Dew point'
 */
export function resultKey({ model, outputKey }: Pick<TwinModelOptions, 'model' | 'outputKey'>): string {
  if (outputKey !== '') return outputKey;
  if (remembers(model)) return CURRENT_SHELF_LIFE;
  return model === 'absolute-humidity' ? ABSOLUTE_HUMIDITY : DEW_POINT;
}

/** @throws TwinError TWIN_OPTIONS for a life that cannot be */
export function checkTwinModelOptions({ model, days, q10, activationEnergy }: TwinModelOptions): void {
  if (!remembers(model)) return;
  for (const [name, value] of Object.entries({ days, q10, activationEnergy })) {
    if (!(value > 0 && Number.isFinite(value))) throw new TwinError('TWIN_OPTIONS', `${name} is above 0, got ${value}`);
  }
}
