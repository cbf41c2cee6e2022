import { TwinError } from '../reading/twin-error';

export type SwitchState = 'on' | 'off';

/** Why a state holds: a threshold, the fail-safe, or a person. */
export type ControlReason = 'threshold' | 'stale' | 'override';

export interface ControlLawOptions {
  /** `heating` switches on at or below `onAt`, `cooling` at or above it. */
  readonly mode: 'heating' | 'cooling';
  readonly onAt: number;
  /** Beyond `onAt` as seen from where the output is on: above it for heating, below it for cooling. */
  readonly offAt: number;
  /** Shortest time on, and off, between two switchings by thresholds; ms. */
  readonly minOnMs: number;
  readonly minOffMs: number;
  /** Age of the latest reading at which the safe state takes over, ms; `Infinity` never. */
  readonly staleMs: number;
  readonly safe: SwitchState;
}

interface Override {
  readonly state: SwitchState;
  readonly untilMs: number;
}

/**
 * Two-point control with hysteresis: between the thresholds the state stays as it is. All times are milliseconds of one
 * monotonic clock that the caller gives; the law has no timer, `nextMs` says when to ask again.
 *
 * Who decides, the first that applies:
 * 1. An override, until it ends. When the readings stop, one that was given before ends too; one given while they are
 *    missing holds. One that ends before any reading has come leaves the safe state.
 * 2. The fail-safe: no reading younger than `staleMs` means the safe state, at once, whatever the minimum times say.
 * 3. The thresholds, not before the minimum time of the present state is over. The first reading decides without it;
 *    between the thresholds
 *    the state stays as it was, which is the safe one where none was.
 *
 * Reference: on-off control with hysteresis, K. J. Astrom and R. M. Murray, Feedback Systems (2008), chapter 1.
 */
export class ControlLaw {
  readonly #options: ControlLawOptions;
  #state: SwitchState | undefined;
  #reason: ControlReason = 'threshold';
  #sinceMs = -Infinity;
  #measuredMs: number;
  /** What the thresholds ask for. */
  #wanted: SwitchState | undefined;
  #override: Override | undefined;
  #wasStale = false;
  #decided = false;

  /**
   * @param nowMs from here on the first reading is awaited
   * @throws TwinError TWIN_THRESHOLDS when the thresholds leave no room for a hysteresis, TWIN_OPTIONS for a negative
   *   time
   */
  constructor(options: ControlLawOptions, nowMs: number) {
    const { mode, onAt, offAt, minOnMs, minOffMs, staleMs } = options;
    if (!(mode === 'heating' ? onAt < offAt : onAt > offAt)) {
      const side = mode === 'heating' ? 'above' : 'below';
      const message = `${mode} that goes on at ${onAt} must go off ${side} that, got ${offAt}`;
      throw new TwinError('TWIN_THRESHOLDS', message);
    }
    for (const ms of [minOnMs, minOffMs, staleMs]) {
      if (!(ms >= 0)) throw new TwinError('TWIN_OPTIONS', `a time of the control law is not below 0 ms, got ${ms}`);
    }
    this.#options = options;
    this.#measuredMs = nowMs;
  }

  /** Undefined until something has decided for the first time. */
  get state(): SwitchState | undefined {
    return this.#state;
  }

  /** Whether anything has decided here; until then a state is the one from before a restart. */
  get decided(): boolean {
    return this.#decided;
  }

  /** When the state began. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  get reason(): ControlReason {
    return this.#reason;
  }

  /** No reading is young enough. */
  get stale(): boolean {
    return this.#wasStale;
  }

  /**
   * Goes on from the state that held before a restart, so that its minimum time is not forgotten; only before anything
   * was decided.
   * @param sinceMs when it began
   * @param measuredMs from when on the next reading is awaited; unless given from now on
   */
  resume(state: SwitchState, sinceMs: number, measuredMs?: number): void {
    if (this.#state !== undefined) return;
    this.#state = state;
    this.#sinceMs = sinceMs;
    this.#measuredMs = Math.min(this.#measuredMs, measuredMs ?? Infinity);
  }

  /** Whether the minimum time of the present state is over. */
  isFree(nowMs: number): boolean {
    return nowMs >= this.#freeMs();
  }

  /**
   * Takes in a measured value. One that is stale already, or no finite number, changes nothing.
   * @param measuredMs when it was measured
   * @returns the new state, when it changed
   */
  measure(value: number, measuredMs: number, nowMs: number): SwitchState | undefined {
    const { mode, onAt, offAt, staleMs, safe } = this.#options;
    const change = this.decide(nowMs);
    if (!Number.isFinite(value) || nowMs - measuredMs >= staleMs) return change;
    this.#measuredMs = Math.max(this.#measuredMs, Math.min(measuredMs, nowMs));
    const sign = mode === 'heating' ? 1 : -1;
    if (sign * (value - onAt) <= 0) this.#wanted = 'on';
    else if (sign * (value - offAt) >= 0) this.#wanted = 'off';
    else this.#wanted ??= this.#reason === 'override' ? safe : (this.#state ?? safe);
    return this.decide(nowMs) ?? change;
  }

  /** A person takes over until `untilMs`; undefined gives control back. Returns the new state, when it changed. */
  override(state: SwitchState | undefined, untilMs: number, nowMs: number): SwitchState | undefined {
    this.#wasStale = this.#isStale(nowMs);
    this.#override = state && { state, untilMs };
    return this.decide(nowMs);
  }

  /** What holds now; returns the new state, when it changed. */
  decide(nowMs: number): SwitchState | undefined {
    const stale = this.#isStale(nowMs);
    if (this.#override && (nowMs >= this.#override.untilMs || (stale && !this.#wasStale))) this.#override = undefined;
    this.#wasStale = stale;
    // What the thresholds asked for is as old as the readings: the next reading decides anew.
    if (stale) this.#wanted = undefined;
    if (this.#override) return this.#go(this.#override.state, 'override', nowMs);
    if (stale) return this.#go(this.#options.safe, 'stale', nowMs);
    if (this.#wanted === undefined) {
      // A person had it before any reading came: what was before is not known any more.
      return this.#reason === 'override' ? this.#go(this.#options.safe, 'threshold', nowMs) : undefined;
    }
    const held = this.#wanted !== this.#state && nowMs < this.#freeMs() ? this.#state : undefined;
    return this.#go(held ?? this.#wanted, 'threshold', nowMs);
  }

  /**
   * When `decide` may answer otherwise though no reading comes; `Infinity` for never. A time that has passed stays
   * until `decide` was asked at it or after it: whoever looks at the clock twice must not lose it in between.
   */
  nextMs(): number {
    if (this.#override) return Math.min(this.#override.untilMs, this.#wasStale ? Infinity : this.#staleAtMs());
    if (this.#wasStale) return Infinity;
    const blocked = this.#wanted !== undefined && this.#wanted !== this.#state;
    return Math.min(this.#staleAtMs(), blocked ? this.#freeMs() : Infinity);
  }

  #isStale(nowMs: number): boolean {
    return nowMs >= this.#staleAtMs();
  }

  #staleAtMs(): number {
    return this.#measuredMs + this.#options.staleMs;
  }

  /** When the minimum time of the present state is over. */
  #freeMs(): number {
    if (this.#state === undefined) return -Infinity;
    return this.#sinceMs + (this.#state === 'on' ? this.#options.minOnMs : this.#options.minOffMs);
  }

  #go(state: SwitchState, reason: ControlReason, nowMs: number): SwitchState | undefined {
    this.#reason = reason;
    this.#decided = true;
    if (state === this.#state) return undefined;
    this.#state = state;
    this.#sinceMs = nowMs;
    return state;
  }
}
