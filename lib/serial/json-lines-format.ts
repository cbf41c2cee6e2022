import { parseReading } from '../reading/reading-codec';
import type { Reading } from '../reading/reading';
import type { LineFormat } from './line-framer';

/** One JSON object a line (JSON Lines, jsonlines.org). */
export class JsonLinesFormat implements LineFormat {
  decode(line: string): Reading {
    return parseReading(line.trim());
  }
}
