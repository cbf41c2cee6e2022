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
  /** When the value acted upon last was measured, epoch ms; absent where there was none. */
  readonly heard?: number;
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
  /** The readings have stopped. */
  stale: [];
  /** State, reason or acknowledgement may have changed. */
  changed: [];
}

/** What became of a measured value: `old` is too old to act upon, `late` was measured before one already acted upon. */
export type TakenValue = 'taken' | 'old' | 'late';

/** After a restart the first reading has at least so long, ms: sources may have to be connected first. */
const GRACE_MS = 30_000;

/** One actuator: the control law, the command that carries out what it decides, and the one timer that both need. */
export class ControlLoop extends EventEmitter<ControlLoopEvents> {
  readonly #law: ControlLaw;
  readonly #commands: CommandTracker;
  readonly #clock: ControlClock;
  readonly #staleMs: number;
  #latestTime = -Infinity;
  #value: number | undefined;
  #heard: number | undefined;
  #again = false;
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
    return this.#law.decided;
  }
  /** When the value acted upon last was measured, epoch ms; also from before a restart. */
  get heard(): number | undefined {
    return this.#heard;
  }
  /** Whether the receiver has the present state, and its minimum time is over. */
  get settled(): boolean {
    return this.confirmed && this.#law.isFree(this.#clock.monotonicMs());
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
    if (ageMs >= this.#staleMs) {
      if (this.#again && this.#law.stale) this.#carryOut(this.#unconfirmed(), nowMs);
      return 'old';
    }
    if (time !== undefined && time < this.#latestTime) return 'late';
    this.#latestTime = time ?? this.#latestTime;
    this.#value = value;
    this.#heard = Math.round(this.#clock.epochMs() - ageMs);
    this.#carryOut(this.#law.measure(value, nowMs - ageMs, nowMs) ?? this.#unconfirmed(), nowMs);
    return 'taken';
  }

  /**
   * Goes on from the state that held before a restart; the first reading sends it again, or changes it. The time without
   * readings goes on as well, else restarts in a row would keep the fail-safe away.
   */
  resume({ state, since, heard }: KeptControl): void {
    const nowMs = this.#clock.monotonicMs();
    const agoMs = (epochMs: number): number => Math.max(0, this.#clock.epochMs() - epochMs);
    const silentMs = heard === undefined ? 0 : Math.min(agoMs(heard), Math.max(0, this.#staleMs - GRACE_MS));
    this.#law.resume(state, nowMs - agoMs(since), nowMs - silentMs);
    this.#heard = heard;
    this.#arm();
  }

  /** The state is to be commanded again with the next reading: who has the last command may not be our receiver. */
  commandAgain(): void {
    this.#again = true;
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
    if (this.#again) return this.#law.state;
    return this.#commands.pending || this.#commands.confirmed === this.#law.state ? undefined : this.#law.state;
  }

  #tick(): void {
    const nowMs = this.#clock.monotonicMs();
    const { reason } = this.#law;
    const change = this.#law.decide(nowMs);
    const hasStopped = this.#law.reason === 'stale' && reason !== 'stale';
    this.#carryOut(change ?? (hasStopped ? this.#unconfirmed() : undefined), nowMs);
    if (hasStopped) this.emit('stale');
  }

  #carryOut(change: SwitchState | undefined, nowMs: number): void {
    if (this.#closed) return;
    if (change) this.#again = false;
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
