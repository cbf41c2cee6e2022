/** What a stage should have seen and has seen. */
export interface StageResult {
  readonly stage: string;
  readonly expected: number;
  readonly seen: number;
  readonly duplicates: number;
}

export const lostOf = ({ expected, seen }: StageResult): number => Math.max(0, expected - seen);

/** Stage, expected, seen, lost, duplicates, in columns. */
export function checkTable(results: readonly StageResult[]): string {
  const head = ['stage', 'expected', 'seen', 'lost', 'duplicates'];
  const rows = results.map((result) => [
    result.stage,
    ...[result.expected, result.seen, lostOf(result), result.duplicates].map(String),
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  ');
  return [line(head), ...rows.map(line)].join('\n');
}
