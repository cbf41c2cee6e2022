type Params = Readonly<Record<string, string | number>>;

/** Stands around the name of a parameter while the catalogue is asked; no word contains it. */
const MARK = '\u0001';

/**
 * Words with their parameters, each looked up in the catalogue once. A look-up takes a tenth of a millisecond, and a
 * status may be worded for every message.
 */
export class WordTemplates {
  readonly #lookUp: (path: string, params: Record<string, string | number>) => string;
  /** A word cut at its parameters: text and name in turn, beginning and ending with text. */
  readonly #templates = new Map<string, readonly string[]>();

  constructor(lookUp: (path: string, params: Record<string, string | number>) => string) {
    this.#lookUp = lookUp;
  }

  fill(path: string, params: Params): string {
    // A number chooses between singular and plural, which only the catalogue knows.
    if (typeof params['count'] === 'number') return this.#lookUp(path, { ...params });
    const parts = this.#templates.get(path) ?? this.#learn(path, params);
    if (parts.length === 1) return parts[0] as string;
    return parts.map((part, index) => (index % 2 === 0 ? part : String(params[part] ?? ''))).join('');
  }

  #learn(path: string, params: Params): readonly string[] {
    const marked = Object.keys(params).map((name) => [name, MARK + name + MARK]);
    const parts = this.#lookUp(path, Object.fromEntries(marked) as Record<string, string>).split(MARK);
    this.#templates.set(path, parts);
    return parts;
  }
}
