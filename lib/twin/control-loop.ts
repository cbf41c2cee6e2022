import { EventEmitter } from 'node:events';
import type { TwinError } from '../reading/twin-error';
import { type CommandAttempt, CommandTracker, type CommandTrackerOptions } from './command-tracker';
import type { ControlClock } from './control-clock';
import { ControlLaw, type ControlLawOptions, type ControlReason, type SwitchState } from './control-law';

export interface ControlLoopOptions {
  readonly law: ControlLawOptions;
  readonly command: CommandTrackerOptions;
  readonly clock: ControlClock;
  readonly makeId: () => string;
}

/** The state of a loop as it is kept over a restart. */
export interface KeptControl {
  readonly state: SwitchState;
  /** Epoch ms. */
  readonly since: number;
}

/** A command to be sent now. */
export interface Command {
  readonly id: string;
  readonly state: SwitchState;
  readonly attempt: number;
  readonly reason: ControlReason;
  /** Epoch ms at and after which it must not run. */
  readonly expires: number;
}

interface ControlLoopEvents {
  command: [Command];
  /** Attempts and time are over, or the receiver failed. */
  unacknowledged: [Command, TwinError];
  /** State, reason or acknowledgement may have changed. */
  changed: [];
}

/** What became of a measured value: `old` is too old to act upon, `late` was measured before one already acted upon. */
export type TakenValue = 'taken' | 'old' | 'late';

/** One actuator: the control law, the command that carries out what it decides, and the one timer that both need. */
export class ControlLoop extends EventEmitter<ControlLoopEvents> {
  readonly #law: ControlLaw;
  readonly #commands: CommandTracker;
  readonly #clock: ControlClock;
  readonly #staleMs: number;
  #latestTime = -Infinity;
  #value: number | undefined;
  #clearTimer: () => void = () => undefined;
  #closed = false;

  /** @throws TwinError TWIN_THRESHOLDS, TWIN_OPTIONS */
  constructor({ law, command, clock, makeId }: ControlLoopOptions) {
    super();
    this.#law = new ControlLaw(law, clock.monotonicMs());
    this.#commands = new CommandTracker(command, makeId);
    this.#clock = clock;
    this.#staleMs = law.staleMs;
    this.#arm();
  }

  get state(): SwitchState | undefined {
    return this.#law.state;
  }
  get reason(): ControlReason {
    return this.#law.reason;
  }
  /** Epoch ms at which the state began; undefined where there is none. */
  get since(): number | undefined {
    if (this.#law.state === undefined) return undefined;
    return Math.round(this.#clock.epochMs() - (this.#clock.monotonicMs() - this.#law.sinceMs));
  }
  /** The value acted upon last. */
  get value(): number | undefined {
    return this.#value;
  }
  /** Whether anything has decided here; until then a state is the one from before a restart. */
  get decided(): boolean {
    return this.#value !== undefined || this.#law.reason !== 'threshold';
  }
  /** Whether the receiver has the command of the present state. */
  get confirmed(): boolean {
    return this.#law.state !== undefined && this.#commands.confirmed === this.#law.state;
  }
  /** Whether the command of the present state is under way. */
  get waiting(): boolean {
    return this.#commands.pending !== undefined;
  }

  /** @param time epoch ms of the measurement; undefined for now */
  take(value: number, time: number | undefined): TakenValue {
    const nowMs = this.#clock.monotonicMs();
    const ageMs = time === undefined ? 0 : Math.max(0, this.#clock.epochMs() - time);
    if (ageMs >= this.#staleMs) return 'old';
    if (time !== undefined && time < this.#latestTime) return 'late';
    this.#latestTime = time ?? this.#latestTime;
    this.#value = value;
    this.#carryOut(this.#law.measure(value, nowMs - ageMs, nowMs) ?? this.#unconfirmed(), nowMs);
    return 'taken';
  }

  /** Goes on from the state that held before a restart; the first reading sends it again, or changes it. */
  resume({ state, since }: KeptControl): void {
    const agoMs = Math.max(0, this.#clock.epochMs() - since);
    this.#law.resume(state, this.#clock.monotonicMs() - agoMs);
  }

  /** @param state undefined gives control back to the law */
  override(state: SwitchState | undefined, forMs: number): void {
    const nowMs = this.#clock.monotonicMs();
    this.#carryOut(this.#law.override(state, nowMs + forMs, nowMs), nowMs);
  }

  /** @returns false when no such command is under way here */
  acknowledge(id: string): boolean {
    if (this.#closed || !this.#commands.acknowledge(id)) return false;
    this.#arm();
    this.emit('changed');
    return true;
  }

  /** @returns false when no such command is under way here */
  fail(id: string, reason: string): boolean {
    return !this.#closed && this.#commands.fail(id, reason);
  }

  close(): void {
    this.#closed = true;
    this.#clearTimer();
    this.removeAllListeners();
  }

  /** A state whose command was given up is commanded again by the next reading, and by the fail-safe. */
  #unconfirmed(): SwitchState | undefined {
    return this.#commands.pending || this.#commands.confirmed === this.#law.state ? undefined : this.#law.state;
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    const { reason } = this.#law;
    const change = this.#law.decide(nowMs);
    const safe = this.#law.reason === 'stale' && reason !== 'stale' ? this.#unconfirmed() : undefined;
    this.#carryOut(change ?? safe, nowMs);
  }

  #carryOut(change: SwitchState | undefined, nowMs: number): void {
    if (this.#closed) return;
    if (change) this.emit('command', this.#describe(this.#commands.begin(change, nowMs), nowMs));
    const step = this.#closed ? undefined : this.#commands.step(nowMs);
    if (step?.kind === 'send') this.emit('command', this.#describe(step.attempt, nowMs));
    if (step?.kind === 'given-up') this.emit('unacknowledged', this.#describe(step.attempt, nowMs), step.error);
    this.emit('changed');
    this.#arm();
  }

  #describe({ id, state, attempt, expiresMs }: CommandAttempt, nowMs: number): Command {
    return {
      id,
      state,
      attempt,
      reason: this.#law.reason,
      expires: Math.round(this.#clock.epochMs() + expiresMs - nowMs),
    };
  }

  #arm(): void {
    this.#clearTimer();
    if (this.#closed) return;
    const nowMs = this.#clock.monotonicMs();
    const nextMs = Math.min(this.#law.nextMs(), this.#commands.nextMs());
    this.#clearTimer =
      nextMs === Infinity ? () => undefined : this.#clock.after(Math.max(1, nextMs - nowMs), () => this.#tick());
  }
}
