import type { Reading } from '../../lib/reading/reading';
import { TwinError } from '../../lib/reading/twin-error';
import type { SwitchState } from '../../lib/twin/control-law';
import type { FlowMessage } from '../common/message';
import { asReading } from '../common/readings-of';

/** What a message asks of the control. */
export type ControlRequest =
  /** A receiver says what became of a command. */
  | { readonly kind: 'receipt'; readonly commandId: string; readonly failure?: string }
  /** A person takes over; `state` undefined gives control back. */
  | { readonly kind: 'override'; readonly state?: SwitchState; readonly seconds?: number; readonly source?: string }
  | { readonly kind: 'readings' };

const LONGEST_S = 604_800;

/** @throws TwinError `TWIN_OVERRIDE` for an override that cannot be understood */
export function controlRequest({ commandId, error, override, seconds, source }: FlowMessage): ControlRequest {
  if (typeof commandId === 'string') {
    return error === undefined
      ? { kind: 'receipt', commandId }
      : { kind: 'receipt', commandId, failure: reasonOf(error) };
  }
  if (override === undefined) return { kind: 'readings' };
  if (seconds !== undefined && !(typeof seconds === 'number' && seconds > 0 && seconds <= LONGEST_S)) {
    throw new TwinError(
      'TWIN_OVERRIDE',
      `msg.seconds is a number above 0, up to ${LONGEST_S}; got ${printed(seconds)}`,
    );
  }
  const state = stateOf(override);
  return {
    kind: 'override',
    ...(state === 'auto' ? {} : { state }),
    ...(seconds === undefined ? {} : { seconds }),
    ...(typeof source === 'string' ? { source } : {}),
  };
}

function stateOf(override: unknown): SwitchState | 'auto' {
  if (override === 'on' || override === true) return 'on';
  if (override === 'off' || override === false) return 'off';
  if (override === 'auto' || override === null) return 'auto';
  const message = `msg.override is "on", "off", true or false, or "auto" to give control back; got ${printed(override)}`;
  throw new TwinError('TWIN_OVERRIDE', message);
}

/**
 * One item of a payload as a reading; without a key the item is itself the measured value, as a number or text.
 * @throws TwinError READING_…, TWIN_VALUE
 */
export function measuredReading(item: unknown, key: string): Reading {
  if (key !== '') return asReading(item);
  const text = item instanceof Uint8Array ? Buffer.from(item).toString() : item;
  const value = typeof text === 'string' && text.trim() !== '' ? Number(text) : text;
  if (typeof value === 'number' && Number.isFinite(value)) return { [key]: value };
  throw new TwinError('TWIN_VALUE', `without a key the payload is the number itself, got ${printed(item)}`);
}

function reasonOf(error: unknown): string {
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return typeof message === 'string' ? message : 'the receiver reported an error';
}

function printed(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value).slice(0, 50) : typeof value;
}
