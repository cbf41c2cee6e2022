import type { ThresholdCrossing } from './threshold-crossing';

/** What an alarm says when it changes. */
export type AlarmChange = 'raised' | 'cleared';

/**
 * Turns crossings into an alarm with hysteresis: raised when the probability reaches the limit, cleared when it has
 * fallen below the limit by the hysteresis, silent in between. One for each source.
 */
export class CrossingAlarm {
  private raised: boolean;

  /** Both as probabilities, 0 to 1; `raised` goes on with an alarm that was raised before a restart. */
  constructor(
    private readonly probability: number,
    private readonly hysteresis: number,
    raised = false,
  ) {
    this.raised = raised;
  }

  get isRaised(): boolean {
    return this.raised;
  }

  /** What changes with this crossing; undefined when nothing does. */
  take({ probability }: ThresholdCrossing): AlarmChange | undefined {
    if (!this.raised && probability >= this.probability) {
      this.raised = true;
      return 'raised';
    }
    if (this.raised && probability < this.probability - this.hysteresis) {
      this.raised = false;
      return 'cleared';
    }
    return undefined;
  }
}
