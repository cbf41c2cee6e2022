import { TwinError } from '../reading/twin-error';
import type { SwitchState } from './control-law';

export interface CommandTrackerOptions {
  /** How long an acknowledgement may take, ms; also the time to the next attempt. 0 awaits none. */
  readonly acknowledgeMs: number;
  /** Further attempts after the first. */
  readonly retries: number;
  /** Age beyond which a command is not sent any more, ms. */
  readonly expiryMs: number;
  /** Sends the state again so long after the last command, for boards that fall back by themselves; 0 never. */
  readonly repeatMs: number;
}

/** One sending of a command. */
export interface CommandAttempt {
  /** The same for all attempts of a command. */
  readonly id: string;
  readonly state: SwitchState;
  /** 1 for the first. */
  readonly attempt: number;
  /** On the caller's clock: at and after it the command must not run. */
  readonly expiresMs: number;
}

interface Pending extends CommandAttempt {
  readonly dueMs: number;
  /** This attempt has failed. */
  readonly failed: boolean;
  /** Why the latest failed attempt did. */
  readonly failure: string | undefined;
}

/** What is to be done now. */
export type CommandStep =
  | { readonly kind: 'send'; readonly attempt: CommandAttempt }
  | { readonly kind: 'given-up'; readonly attempt: CommandAttempt; readonly error: TwinError };

/**
 * Follows one command at a time until it is acknowledged: bounded attempts, none at or after the command's expiry. A
 * newer command takes the place of one that is under way, so an old one is never sent after it. No timers: `nextMs`
 * says when to call `step`.
 */
export class CommandTracker {
  readonly #options: CommandTrackerOptions;
  readonly #makeId: () => string;
  #pending: Pending | undefined;
  #confirmed: SwitchState | undefined;
  #last: { readonly state: SwitchState; readonly atMs: number } | undefined;

  /**
   * @param makeId gives an id that no other command has
   * @throws TwinError TWIN_OPTIONS for a time below 0, or for a command that expires before its first attempt
   */
  constructor(options: CommandTrackerOptions, makeId: () => string) {
    const { acknowledgeMs, retries, expiryMs, repeatMs } = options;
    if (
      ![acknowledgeMs, repeatMs].every((ms) => ms >= 0) ||
      !(expiryMs > 0) ||
      !(Number.isInteger(retries) && retries >= 0)
    ) {
      const got = JSON.stringify(options);
      throw new TwinError(
        'TWIN_OPTIONS',
        `times and retries of a command are not below 0, its expiry is above; got ${got}`,
      );
    }
    this.#options = options;
    this.#makeId = makeId;
  }

  /** The state that was acknowledged last; undefined while a command is under way. */
  get confirmed(): SwitchState | undefined {
    return this.#confirmed;
  }

  /** The command under way. */
  get pending(): CommandAttempt | undefined {
    return this.#pending;
  }

  /** Begins a command; whatever was under way is forgotten. The attempt is to be sent at once. */
  begin(state: SwitchState, nowMs: number): CommandAttempt {
    const expiresMs = nowMs + this.#options.expiryMs;
    return this.#send({ id: this.#makeId(), state, attempt: 1, expiresMs }, nowMs);
  }

  /**
   * The receiver has the command. False for one that is not under way (any more), and for an attempt that was reported
   * as failed: a node that gives up on a message says `done` all the same.
   */
  acknowledge(id: string): boolean {
    if (this.#pending?.id !== id || this.#pending.failed) return false;
    this.#confirmed = this.#pending.state;
    this.#pending = undefined;
    return true;
  }

  /** The receiver could not take the command; the next attempt comes when the acknowledgement would have been due. */
  fail(id: string, failure: string): boolean {
    if (this.#pending?.id !== id) return false;
    this.#pending = { ...this.#pending, failed: true, failure };
    return true;
  }

  /** What is due now. */
  step(nowMs: number): CommandStep | undefined {
    const { repeatMs, retries } = this.#options;
    const pending = this.#pending;
    if (!pending) {
      const repeat = this.#last && repeatMs > 0 && nowMs - this.#last.atMs >= repeatMs;
      return repeat ? { kind: 'send', attempt: this.begin(this.#last!.state, nowMs) } : undefined;
    }
    if (nowMs < pending.dueMs) return undefined;
    const { id, state, attempt, expiresMs } = pending;
    if (attempt <= retries && nowMs < expiresMs) {
      return { kind: 'send', attempt: this.#send({ id, state, attempt: attempt + 1, expiresMs }, nowMs) };
    }
    this.#pending = undefined;
    return { kind: 'given-up', attempt: { id, state, attempt, expiresMs }, error: unacknowledged(pending) };
  }

  /** When `step` may have something to do; `Infinity` for never. */
  nextMs(): number {
    if (this.#pending) return this.#pending.dueMs;
    return this.#last && this.#options.repeatMs > 0 ? this.#last.atMs + this.#options.repeatMs : Infinity;
  }

  #send(attempt: CommandAttempt, nowMs: number): CommandAttempt {
    const { acknowledgeMs } = this.#options;
    this.#last = { state: attempt.state, atMs: nowMs };
    this.#confirmed = acknowledgeMs === 0 ? attempt.state : undefined;
    const failure = this.#pending?.id === attempt.id ? this.#pending.failure : undefined;
    this.#pending =
      acknowledgeMs === 0 ? undefined : { ...attempt, dueMs: nowMs + acknowledgeMs, failed: false, failure };
    return attempt;
  }
}

function unacknowledged({ state, attempt, failure }: Pending): TwinError {
  const reason = failure === undefined ? 'no acknowledgement came in time' : failure;
  const message = `the command "${state}" was sent ${attempt === 1 ? 'once' : `${attempt} times`} and is given up: ${reason}`;
  return new TwinError('TWIN_COMMAND_UNACKNOWLEDGED', message, { facts: { state, attempt } });
}
