import { TwinError } from './twin-error';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const LITERALS = new Map([
  [0x74, Buffer.from('true')],
  [0x66, Buffer.from('false')],
  [0x6e, Buffer.from('null')],
]);
/** A number with fewer digits and no exponent is below 1.8e308. */
const DIGITS_BEFORE_OVERFLOW = 309;
const NOT_NUMBERS = /^-?(?:NaN|Infinity)/;

/**
 * Walks over JSON text (RFC 8259) in bytes without building values, as strictly as `JSON.parse`. The text must be valid
 * UTF-8. Linear in the length and without recursion, so that deep nesting cannot overflow the stack.
 *
 * Every method throws TwinError READING_NOT_JSON or READING_NOT_A_NUMBER with the byte offset.
 */
export class JsonCursor {
  at = 0;

  constructor(readonly json: Uint8Array) {}

  /** Skips ` : ` between a key and its value. */
  skipColon(): void {
    this.skipSpace();
    if (this.json[this.at] !== COLON) this.fail('expected ":"');
    this.at++;
  }

  /** Skips one value of any kind; containers are kept on a list, not on the call stack. */
  skipValue(): void {
    const { json } = this;
    const open: number[] = [];
    for (;;) {
      this.skipSpace();
      const first = json[this.at];
      if (first === OPEN_BRACE || first === OPEN_BRACKET) {
        this.at++;
        this.skipSpace();
        const closing = first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET;
        if (json[this.at] !== closing) {
          open.push(closing);
          if (closing === CLOSE_BRACE) this.skipKey();
          continue;
        }
        this.at++;
      } else this.skipScalar(first);
      for (;;) {
        const closing = open.at(-1);
        if (closing === undefined) return;
        this.skipSpace();
        const next = json[this.at];
        if (next === closing) {
          this.at++;
          open.pop();
          continue;
        }
        if (next !== COMMA) this.fail(`expected "," or "${String.fromCharCode(closing)}"`);
        this.at++;
        this.skipSpace();
        if (closing === CLOSE_BRACE) this.skipKey();
        break;
      }
    }
  }

  private skipKey(): void {
    this.skipString();
    this.skipColon();
  }

  private skipScalar(first: number | undefined): void {
    if (first === QUOTE) {
      this.skipString();
      return;
    }
    if (first === MINUS || (first !== undefined && first >= ZERO && first <= NINE)) {
      this.skipNumber();
      return;
    }
    const literal = first === undefined ? undefined : LITERALS.get(first);
    if (literal === undefined) this.fail('expected a value');
    for (const byte of literal) {
      if (this.json[this.at] !== byte) this.fail('expected a value');
      this.at++;
    }
  }

  private skipNumber(): void {
    const { json } = this;
    const start = this.at;
    if (json[this.at] === MINUS) this.at++;
    if (json[this.at] === ZERO) this.at++;
    else this.skipDigits(start);
    if (json[this.at] === DOT) {
      this.at++;
      this.skipDigits(start);
    }
    const hasExponent = ((json[this.at] ?? 0) | 0x20) === 0x65;
    if (hasExponent) {
      this.at++;
      if (json[this.at] === 0x2b || json[this.at] === MINUS) this.at++;
      this.skipDigits(start);
    }
    if (hasExponent || this.at - start >= DIGITS_BEFORE_OVERFLOW) this.assertFinite(start);
  }

  /** JSON allows numbers of any size; one that is read as infinite is no measured value. */
  private assertFinite(start: number): void {
    const text = Buffer.from(this.json.subarray(start, this.at)).toString('latin1');
    if (Number.isFinite(Number(text))) return;
    const shown = text.length > 20 ? `${text.slice(0, 20)}…` : text;
    throw new TwinError(
      'READING_NOT_A_NUMBER',
      `${shown} at byte ${start} is beyond the numbers that can be held (1.8e308); send null, or leave the key out`,
      { facts: { offset: start } },
    );
  }

  private skipDigits(start: number): void {
    const { json } = this;
    const first = this.at;
    let digit = json[this.at];
    while (digit !== undefined && digit >= ZERO && digit <= NINE) digit = json[++this.at];
    if (this.at > first) return;
    this.at = start;
    this.fail('malformed number');
  }

  /** Skips a string and says whether it holds an escape. */
  skipString(): boolean {
    const { json } = this;
    if (json[this.at] !== QUOTE) this.fail('expected a string in double quotes');
    let escaped = false;
    let at = this.at + 1;
    for (;;) {
      const byte = json[at];
      if (byte === undefined) {
        this.at = json.length;
        this.fail('text ends inside a string');
      }
      if (byte === QUOTE) break;
      if (byte < 0x20) {
        this.at = at;
        this.fail('control character inside a string');
      }
      at++;
      if (byte !== BACKSLASH) continue;
      escaped = true;
      this.at = at;
      at = this.skipEscape();
    }
    this.at = at + 1;
    return escaped;
  }

  private skipEscape(): number {
    const letter = this.json[this.at];
    if (letter === 0x75) {
      for (let i = 1; i <= 4; i++) if (!isHexDigit(this.json[this.at + i])) this.fail('malformed \\u escape');
      return this.at + 5;
    }
    if (letter === undefined || !'"\\/bfnrt'.includes(String.fromCharCode(letter))) this.fail('unknown escape');
    return this.at + 1;
  }

  skipSpace(): void {
    const { json } = this;
    let byte = json[this.at];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = json[++this.at];
  }

  fail(reason: string): never {
    const { json, at } = this;
    const near = Buffer.from(json.subarray(at, at + 16)).toString('latin1');
    const notNumber = NOT_NUMBERS.exec(near)?.[0];
    const facts = { offset: at };
    if (notNumber !== undefined) {
      const message = `${notNumber} at byte ${at} is not JSON; send null, or leave the key out`;
      throw new TwinError('READING_NOT_A_NUMBER', message, { facts });
    }
    const found = at >= json.length ? 'the end of the text' : JSON.stringify(near);
    throw new TwinError('READING_NOT_JSON', `${reason} at byte ${at}, found ${found}`, { facts });
  }
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  return (byte >= ZERO && byte <= NINE) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);
}
