import type { EditorRED } from 'node-red';
import type { NodeReport } from '../../common/metrics/node-meter';

declare const RED: EditorRED;

type Word = (key: string) => string;

/** The nodes of the pack in the sidebar: how each is, what it counts; a click shows it on the canvas. */
export class NodeTable {
  readonly #verdict: JQuery;
  readonly #rows: JQuery;

  constructor(
    content: JQuery,
    private readonly word: Word,
  ) {
    this.#verdict = $('<div class="twin-sidebar-verdict"></div>').text(word('empty')).appendTo(content);
    this.#rows = $('<div></div>').appendTo(content);
  }

  show(nodes: readonly NodeReport[]): void {
    const unwell = nodes.filter(({ healthy }) => !healthy);
    const verdict = nodes.length === 0 ? 'empty' : unwell.length === 0 ? 'well' : 'unwell';
    const text = this.word(verdict).replace('__count__', String(verdict === 'well' ? nodes.length : unwell.length));
    this.#verdict.text(text).toggleClass('twin-unwell', unwell.length > 0);
    // Those that need somebody come first; otherwise the order stays.
    this.#rows.empty().append([...unwell, ...nodes.filter(({ healthy }) => healthy)].map((node) => this.#row(node)));
  }

  fail(status: number): void {
    this.#verdict.text(this.word('unanswered').replace('__status__', String(status))).addClass('twin-unwell');
  }

  #row({ id, type, name, status, healthy, counters, gauges, lastError }: NodeReport): JQuery {
    const row = $('<div class="twin-sidebar-node"></div>');
    $('<a href="#"></a>')
      .text(name || type)
      .on('click', (event) => {
        event.preventDefault();
        RED.view.reveal(id);
      })
      .appendTo(row);
    $('<span class="twin-sidebar-status"></span>').text(status.text).toggleClass('twin-unwell', !healthy).appendTo(row);
    const figures = Object.entries({ ...counters, ...gauges }).filter(([, value]) => value > 0);
    const texts = figures.map(([key, value]) => `${this.word(`figure.${key}`)} ${value.toLocaleString()}`);
    $('<div class="twin-sidebar-figures"></div>').text(texts.join(' · ')).appendTo(row);
    if (!healthy && lastError) $('<div class="twin-sidebar-error"></div>').text(lastError).appendTo(row);
    return row;
  }
}
