import { TwinError } from '../reading/twin-error';
import type { WriteDecision } from './write-decision';

/** How one request ended, once everything that may pass has passed. */
export type FinalDecision = Extract<WriteDecision, { kind: 'accept' | 'reject' | 'bisect' | 'shrink' }>;

/** The most of a line that goes into a message. */
const MAX_LINE_SHOWN = 200;

/**
 * Stores what can be stored of a batch and finds the lines that cannot: parts are halved until each was accepted whole
 * or is one bad line. Nothing counts as stored without an answer of full success for a request that held it: 1.x names
 * only one fault when there are two and drops the other lines without a word. Sending a line twice is harmless, since
 * it carries its own time.
 *
 * @param attempt sends some of the lines and answers with what is final
 * @returns for each line undefined, or why it will never be stored: TwinError INFLUX_POINT_REFUSED,
 *   INFLUX_POINT_TOO_LARGE
 */
export async function storeLines(
  lines: readonly string[],
  attempt: (lines: readonly string[]) => Promise<FinalDecision>,
): Promise<(TwinError | undefined)[]> {
  const errors = new Array<TwinError | undefined>(lines.length).fill(undefined);
  const open: (readonly number[])[] = [lines.map((_, index) => index)];
  for (let part = open.pop(); part; part = open.pop()) {
    if (part.length === 0) continue;
    const decision = await attempt(part.map((index) => lines[index] ?? ''));
    if (decision.kind === 'accept') continue;
    if (decision.kind === 'reject') {
      const rest: number[] = [];
      for (const index of part) {
        const line = lines[index] ?? '';
        const why = decision.lines.get(line);
        if (why === undefined) rest.push(index);
        else errors[index] = refused(line, why);
      }
      if (rest.length < part.length) open.push(rest);
      else splitOrRefuse(part, 'a line that InfluxDB cannot parse');
    } else if (decision.kind === 'bisect') {
      // Every line was refused, each for a reason of this kind: no need to look for the bad one.
      if (decision.dropped === part.length)
        for (const index of part) errors[index] = refused(lines[index] ?? '', decision.reason);
      else splitOrRefuse(part, decision.reason);
    } else if (part.length > 1) {
      halve(part);
    } else {
      for (const index of part) errors[index] = tooLarge(lines[index] ?? '', decision.reason);
    }
  }
  return errors;

  function splitOrRefuse(part: readonly number[], reason: string): void {
    if (part.length > 1) halve(part);
    else for (const index of part) errors[index] = refused(lines[index] ?? '', reason);
  }

  function halve(part: readonly number[]): void {
    const middle = part.length >> 1;
    // The first half lies on top, so that the order of the lines is kept.
    open.push(part.slice(middle), part.slice(0, middle));
  }
}

const shown = (line: string): string => (line.length > MAX_LINE_SHOWN ? `${line.slice(0, MAX_LINE_SHOWN)} …` : line);

const refused = (line: string, why: string): TwinError =>
  new TwinError('INFLUX_POINT_REFUSED', `InfluxDB refused the point ${shown(line)}: ${why}`);

/** Why a line is not sent, or not accepted, for its size. */
export const tooLarge = (line: string, why: string): TwinError =>
  new TwinError('INFLUX_POINT_TOO_LARGE', `the point ${shown(line)} is too large (${line.length} characters): ${why}`);
