import type { Picture, PictureLine, PicturePanel } from '../last-result';
import type { EditedNode } from './form';

const WIDTH = 420;
const HEIGHT = 110;
const NAMESPACE = 'http://www.w3.org/2000/svg';
const COLORS = ['#5a7fa8', '#c0527a', '#6a9a4f', '#b08a3e'];

/** Puts a picture of the node's last result at the end of its form, where it has one; nothing when it has none. */
export function addLastResult(node: EditedNode): void {
  const row = $('<div class="form-row" data-twin-last-result>').hide();
  $('#dialog-form').append(row);
  void $.getJSON(`digital-twin/last-result/${encodeURIComponent(node.id)}`).then((picture: Picture | null) => {
    if (!picture) return;
    row.append(
      $('<label style="width: 100%">').append($('<i class="fa fa-picture-o">'), ' ', node._('common.lastResult')),
    );
    for (const panel of picture.panels) row.append(drawing(panel) as unknown as HTMLElement);
    row.append($('<div style="color: var(--red-ui-secondary-text-color, #888)">').text(picture.caption));
    row.show();
  });
}

function drawing({ lines, band, marks = [] }: PicturePanel): SVGElement {
  const svg = element('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: '100%', role: 'img' });
  const times = [...lines.flatMap((line) => line.times), ...(band?.times ?? [])];
  const values = [
    ...lines.flatMap((line) => line.values),
    ...(band ? [...band.lower, ...band.upper] : []),
    ...marks.map(({ value }) => value),
  ].filter((value): value is number => value !== null);
  const x = scale(times, 4, WIDTH - 4);
  const y = scale(values, HEIGHT - 4, 14);
  if (band) {
    const edge = [
      ...band.times.map((time, i) => [time, band.upper[i]] as const),
      ...band.times.map((time, i) => [time, band.lower[i]] as const).reverse(),
    ];
    const points = edge.flatMap(([time, value]) => (typeof value === 'number' ? [`${x(time)},${y(value)}`] : []));
    svg.append(element('polygon', { points: points.join(' '), fill: COLORS[1]!, opacity: '0.2' }));
  }
  lines.forEach((line, k) => {
    const stroke = COLORS[k % COLORS.length]!;
    svg.append(element('path', { d: pathOf(line, x, y), fill: 'none', stroke, 'stroke-width': '1.2' }));
    const label = element('text', { x: String(4 + 100 * k), y: '10', 'font-size': '10', fill: stroke });
    label.textContent = line.name;
    svg.append(label);
  });
  for (const { time, value } of marks) {
    svg.append(element('circle', { cx: String(x(time)), cy: String(y(value)), r: '3', fill: '#d6336c' }));
  }
  return svg;
}

/** A path with a break at each missing value. */
function pathOf({ times, values }: PictureLine, x: (time: number) => number, y: (value: number) => number): string {
  let pen = 'M';
  return times
    .map((time, i) => {
      const value = values[i];
      if (typeof value !== 'number') {
        pen = 'M';
        return '';
      }
      const step = `${pen}${x(time)} ${y(value)}`;
      pen = 'L';
      return step;
    })
    .join('');
}

function scale(numbers: readonly number[], from: number, to: number): (number: number) => number {
  let [least, most] = [Infinity, -Infinity];
  for (const number of numbers) {
    least = Math.min(least, number);
    most = Math.max(most, number);
  }
  const range = most - least || 1;
  return (number) => Math.round(10 * (from + ((number - least) / range) * (to - from))) / 10;
}

function element(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
