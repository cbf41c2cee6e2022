import type { NodeReport } from './node-meter';

/** `Content-Type` of the format: see `prometheusText`. */
export const PROMETHEUS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const PREFIX = 'digital_twin';
const HELP: Readonly<Record<string, string>> = {
  received: 'Messages that reached the node.',
  sent: 'Messages that the node has sent.',
  rejected: 'Readings that the node gave up on.',
  lost: 'Messages that were taken and then lost.',
};

/** Source: Prometheus, "Text-based format", version 0.0.4. */
export function prometheusText(reports: readonly NodeReport[]): string {
  const lines: string[] = [];
  const family = (name: string, type: string, help: string, valueOf: (report: NodeReport) => number | undefined) => {
    const samples = reports.flatMap((report) => {
      const value = valueOf(report);
      return value === undefined ? [] : [`${name}${labels(report)} ${value}`];
    });
    if (samples.length > 0) lines.push(`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples);
  };
  family(`${PREFIX}_healthy`, 'gauge', 'Whether the node is well (1) or not (0).', ({ healthy }) => Number(healthy));
  for (const [key, help] of Object.entries(HELP)) {
    family(`${PREFIX}_${key}_total`, 'counter', help, ({ counters }) => counters[key as keyof typeof counters]);
  }
  const gauges = [...new Set(reports.flatMap((report) => Object.keys(report.gauges)))].sort();
  for (const key of gauges) {
    const name = `${PREFIX}_${key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    family(name, 'gauge', `The node's ${key}.`, (report) => report.gauges[key]);
  }
  return `${lines.join('\n')}\n`;
}

function labels({ id, type, name }: NodeReport): string {
  const escaped = (text: string): string => text.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`));
  return `{id="${escaped(id)}",type="${escaped(type)}",name="${escaped(name)}"}`;
}
