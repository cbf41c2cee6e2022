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
/** A source that was silent for so long, and has its safe state, is not kept over the next restart; ms. */
const FORGOTTEN_AFTER_MS = 86_400_000;

/**
 * The control loops of a node, one for each source of readings. Where no source is known yet there is one loop without
 * a name, so that the safe state comes even if no reading ever does; it becomes the first source's. A source that was
 * controlled before a restart is known from the start: one that stays silent gets its safe state, too.
 */
export class ControlGroup extends EventEmitter<ControlGroupEvents> {
  readonly #options: ControlGroupOptions;
  readonly #members = new Map<string, Member>();
  /** The member that waits for the first source of all. */
  #nobody: Member | undefined;

  /** @throws TwinError TWIN_THRESHOLDS, TWIN_OPTIONS */
  constructor(options: ControlGroupOptions) {
    super();
    this.#options = options;
    this.#nobody = this.#join('');
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
   * @throws TwinError TWIN_SOURCES for a source that is not known
   */
  override(state: SwitchState | undefined, forMs: number, source?: string): void {
    if (source === undefined) for (const { loop } of [...this.#members.values()]) loop.override(state, forMs);
    else {
      const member = this.#members.get(source);
      if (!member || member === this.#nobody)
        throw new TwinError('TWIN_SOURCES', `no reading of a source "${source}" has come, so it has no control`);
      member.loop.override(state, forMs);
    }
  }

  /** The states by source as plain JSON, to be kept; a source that has long been silent is left out. */
  snapshot(): Record<string, KeptControl> {
    const states = [...this.#members.values()].flatMap((member) => {
      const { state, since, heard } = member.loop;
      if (state === undefined || since === undefined || this.#isForgotten(member)) return [];
      return [[member.source, { state, since, ...(heard !== undefined && { heard }) }] as const];
    });
    return Object.fromEntries(states);
  }

  /**
   * Goes on from a kept snapshot, before the first reading: the minimum times go on, a source that measures between the
   * thresholds keeps its state, and one that stays silent gets the safe state. Of more than 100 sources the first.
   */
  restore(json: unknown): void {
    const all = readControlSnapshot(json);
    const waited = all.get('');
    const sources = [...all].filter(([source, { heard }]) => source !== '' || heard !== undefined);
    for (const [source, kept] of sources.slice(0, MAX_SOURCES)) this.#newMember(source).loop.resume(kept);
    if (waited) this.#nobody?.loop.resume(waited);
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
    return known && known !== this.#nobody ? known : this.#newMember(source);
  }

  #newMember(source: string): Member {
    const nobody = this.#nobody;
    if (nobody) {
      this.#nobody = undefined;
      this.#members.delete(nobody.source);
      this.#members.set(source, nobody);
      nobody.source = source;
      // What was commanded so far, by nobody's name, may not have reached this source's actuator.
      nobody.loop.commandAgain();
      return nobody;
    }
    if (this.#members.size >= MAX_SOURCES) this.#dropSilent();
    if (this.#members.size >= MAX_SOURCES) {
      throw new TwinError('TWIN_SOURCES', `control has ${MAX_SOURCES} sources already, "${source}" would be one more`);
    }
    return this.#join(source);
  }

  /** Nothing is to be done for it any more, and nothing was heard of it for long. */
  #isForgotten({ loop }: Member): boolean {
    const { value, reason, since = 0, heard = since } = loop;
    const isSilent = value === undefined && this.#options.clock.epochMs() - heard >= FORGOTTEN_AFTER_MS;
    return isSilent && reason === 'stale' && loop.settled;
  }

  /** Of the sources from before a restart that were not heard since, the one that has been silent for longest. */
  #dropSilent(): void {
    const isDone = ({ loop }: Member): boolean => loop.settled || this.#options.law.staleMs === Infinity;
    const [longest] = [...this.#members.values()]
      .filter((member) => member.loop.value === undefined && isDone(member))
      .sort((one, other) => (one.loop.heard ?? 0) - (other.loop.heard ?? 0));
    longest?.loop.close();
    if (longest) this.#members.delete(longest.source);
  }

  #join(source: string): Member {
    const loop = new ControlLoop(this.#options);
    const member: Member = { source, loop, sequences: new RecentSequences(REMEMBERED_SEQUENCES) };
    loop.on('command', (command) => this.emit('command', member.source, command));
    loop.on('unacknowledged', (command, error) => this.emit('unacknowledged', member.source, command, error));
    loop.on('changed', () => this.emit('changed', member.source));
    // Where several sources stand for one actuator (one was renamed) the others' state would be undone for good.
    loop.on('stale', () => {
      for (const other of this.#members.values()) if (other !== member) other.loop.commandAgain();
    });
    this.#members.set(source, member);
    return member;
  }
}
