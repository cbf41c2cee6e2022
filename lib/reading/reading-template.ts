import type { Reading } from './reading';
import { shown } from './shown';
import { TwinError } from './twin-error';

/**
 * Text with values of a reading in it: `Sensor/{Source}/Values`. A placeholder stands for the value under exactly that
 * top-level key; nothing is evaluated.
 */
export class ReadingTemplate {
  /** Literal text and keys in turn, beginning with text. */
  readonly #parts: readonly string[];

  /** @throws TwinError `READING_TEMPLATE` for a brace without its partner */
  constructor(template: string) {
    this.#parts = template.split(/\{([^{}]+)\}/);
    if (this.#parts.some((part, index) => index % 2 === 0 && /[{}]/.test(part))) {
      throw new TwinError('READING_TEMPLATE', `${JSON.stringify(template)} has a brace without its partner`);
    }
  }

  /** Whether it is the same text for every reading. */
  get fixed(): boolean {
    return this.#parts.length === 1;
  }

  /** The text with an `x` for each value, to check what does not depend on a reading. */
  get outline(): string {
    return this.#parts.map((part, index) => (index % 2 === 0 ? part : 'x')).join('');
  }

  /**
   * @param assertValue throws when a value cannot stand in the text
   * @throws TwinError `READING_TEMPLATE_VALUE` when the reading has no text, number or boolean under a key
   */
  of(reading: Reading, assertValue: (text: string, key: string) => void = () => {}): string {
    return this.#parts.map((part, index) => (index % 2 === 0 ? part : valueOf(reading, part, assertValue))).join('');
  }
}

function valueOf(reading: Reading, key: string, assertValue: (text: string, key: string) => void): string {
  const value = Object.hasOwn(reading, key) ? reading[key] : undefined;
  if (value === '' || !(typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')) {
    const got = value === undefined ? 'is missing' : `is ${shown(value, 60)}`;
    throw new TwinError('READING_TEMPLATE_VALUE', `"${key}" of the reading ${got}, but a text or number is needed`, {
      facts: { key },
    });
  }
  const text = String(value);
  assertValue(text, key);
  return text;
}
