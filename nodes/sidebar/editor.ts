import type { EditorRED } from 'node-red';
import type { NodeReport } from '../common/metrics/node-meter';
import { NodeTable } from './editor/node-table';

declare const RED: EditorRED;

const ID = 'digital-twin-sidebar';
const EVERY_MS = 2_000;

RED.plugins.registerPlugin(ID, {
  onadd() {
    const word = (key: string): string => RED._(`@twinline/node-red-digital-twin/${ID}:${key}`);
    const content = $('<div class="twin-sidebar"></div>');
    const table = new NodeTable(content, word);
    RED.sidebar.addTab({
      id: ID,
      label: word('label'),
      name: word('name'),
      iconClass: 'fa fa-heartbeat',
      content: content[0],
      enableOnEdit: true,
      action: `digital-twin:show`,
    });
    RED.actions.add('digital-twin:show', () => RED.sidebar.show(ID));
    // Asked for only while somebody looks.
    setInterval(() => {
      if (!content.is(':visible') || document.hidden) return;
      $.getJSON('digital-twin/metrics')
        .done(({ nodes }: { nodes: NodeReport[] }) => table.show(nodes))
        .fail(({ status }) => table.fail(status));
    }, EVERY_MS);
  },
});
