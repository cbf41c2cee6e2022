import { delaySummary, type DelaySummary, type QuantileErrors, QUANTILES } from './delay-summary';
import type { DelayWindow } from './delay-window';
import { quantile } from './quantile';
import { RollingWindow } from './rolling-window';

const NO_ERRORS = Object.freeze(Object.fromEntries(QUANTILES.map((name) => [name, 0]))) as QuantileErrors;

/** Every value of the window, sorted: all figures are those of the sample. */
export class ExactWindow extends RollingWindow implements DelayWindow {
  quantile(p: number): number {
    return quantile(this.sorted, p);
  }

  summary(): { readonly summary: DelaySummary; readonly errors: QuantileErrors } {
    return { summary: delaySummary(this.sorted), errors: NO_ERRORS };
  }
}
