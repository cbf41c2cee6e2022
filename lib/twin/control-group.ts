import { EventEmitter } from 'node:events';
import { RecentSequences } from '../reading/recent-sequences';
import type { Reading } from '../reading/reading';
import { sequenceOf } from '../reading/sequence';
import { TwinError } from '../reading/twin-error';
import { type Command, ControlLoop, type ControlLoopOptions, type KeptControl, type TakenValue } from './control-loop';
import { readControlSnapshot } from './control-snapshot';
import type { SwitchState } from './control-law';
import { numberOf } from './reading-value';
import { sourceOf } from './source-states';

export interface ControlGroupOptions extends ControlLoopOptions {
  /** Key of the measured value. */
  readonly key: string;
  /** Key of the reading's own time, epoch ms; a reading without it was measured now. */
  readonly timeKey: string;
}

interface ControlGroupEvents {
  command: [source: string, command: Command];
  unacknowledged: [source: string, command: Command, error: TwinError];
  changed: [source: string];
}

interface Member {
  source: string;
  readonly loop: ControlLoop;
  readonly sequences: RecentSequences;
}

/** Each source has an actuator of its own; so many are one node's. */
const MAX_SOURCES = 100;
const REMEMBERED_SEQUENCES = 1024;
/** The loop that waits for the first reading of all. */
const NOBODY = '';

/**
 * The control loops of a node, one for each source of readings. Before the first reading there is one loop without a
 * name, so that the safe state comes even where no reading ever does; it becomes the first source's.
 */
export class ControlGroup extends EventEmitter<ControlGroupEvents> {
  readonly #options: ControlGroupOptions;
  readonly #members = new Map<string, Member>();
  /** States from before a restart, each until its source is heard. */
  #kept: ReadonlyMap<string, KeptControl> = new Map();

  /** @throws TwinError TWIN_THRESHOLDS, TWIN_OPTIONS */
  constructor(options: ControlGroupOptions) {
    super();
    this.#options = options;
    this.#join(NOBODY);
  }

  /** The loops by source. */
  get loops(): ReadonlyMap<string, ControlLoop> {
    return new Map([...this.#members].map(([source, { loop }]) => [source, loop]));
  }

  /**
   * Takes in a reading. A repeat (same `Source` and `Sequence`) changes nothing.
   * @throws TwinError TWIN_VALUE no number under the key, TWIN_SOURCES too many sources
   */
  take(reading: Reading): TakenValue | 'repeat' {
    const { key, timeKey } = this.#options;
    const value = numberOf(reading, key);
    const { loop, sequences } = this.#memberOf(sourceOf(reading));
    const sequence = sequenceOf(reading);
    if (sequence !== undefined && !sequences.remember(sequence)) return 'repeat';
    // Both keys may be empty: the value under the empty key is no time then.
    const time = timeKey === '' ? undefined : reading[timeKey];
    return loop.take(value, typeof time === 'number' && Number.isFinite(time) ? time : undefined);
  }

  /**
   * A person takes over, or gives control back (undefined).
   * @param source undefined for all
   * @throws TwinError TWIN_SOURCES for a source that was never heard
   */
  override(state: SwitchState | undefined, forMs: number, source?: string): void {
    if (source === undefined) for (const { loop } of [...this.#members.values()]) loop.override(state, forMs);
    else {
      const member = this.#members.get(source);
      if (!member)
        throw new TwinError('TWIN_SOURCES', `no reading of a source "${source}" has come, so it has no control`);
      member.loop.override(state, forMs);
    }
  }

  /** The states by source as plain JSON, to be kept; those from before that nobody has asked for are left out. */
  snapshot(): Record<string, KeptControl> {
    const states = [...this.#members].flatMap(
      ([
        source,
        {
          loop: { state, since },
        },
      ]) => (state === undefined || since === undefined ? [] : [[source, { state, since }] as const]),
    );
    return Object.fromEntries(states);
  }

  /**
   * Goes on from a kept snapshot: the minimum times go on, and a source that is silent between the thresholds keeps its
   * state.
   */
  restore(json: unknown): void {
    this.#kept = readControlSnapshot(json);
  }

  /** @returns false when no such command is under way */
  acknowledge(id: string): boolean {
    return [...this.#members.values()].some(({ loop }) => loop.acknowledge(id));
  }

  /** @returns false when no such command is under way */
  fail(id: string, reason: string): boolean {
    return [...this.#members.values()].some(({ loop }) => loop.fail(id, reason));
  }

  close(): void {
    for (const { loop } of this.#members.values()) loop.close();
    this.#members.clear();
    this.removeAllListeners();
  }

  #memberOf(source: string): Member {
    const known = this.#members.get(source);
    const member = known ?? this.#newMember(source);
    const kept = member.loop.value === undefined ? this.#kept.get(source) : undefined;
    if (kept) member.loop.resume(kept);
    return member;
  }

  #newMember(source: string): Member {
    if (this.#members.size >= MAX_SOURCES) {
      throw new TwinError('TWIN_SOURCES', `control has ${MAX_SOURCES} sources already, "${source}" would be one more`);
    }
    const nobody = this.#members.get(NOBODY);
    if (nobody?.loop.value !== undefined || !nobody) return this.#join(source);
    this.#members.delete(NOBODY);
    this.#members.set(source, nobody);
    nobody.source = source;
    return nobody;
  }

  #join(source: string): Member {
    const loop = new ControlLoop(this.#options);
    const member: Member = { source, loop, sequences: new RecentSequences(REMEMBERED_SEQUENCES) };
    loop.on('command', (command) => this.emit('command', member.source, command));
    loop.on('unacknowledged', (command, error) => this.emit('unacknowledged', member.source, command, error));
    loop.on('changed', () => this.emit('changed', member.source));
    this.#members.set(source, member);
    return member;
  }
}
