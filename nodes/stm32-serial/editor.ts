import type { EditedNode, EditorHooks } from '../common/editor/form';

interface Port {
  readonly path: string;
  readonly manufacturer: string;
  readonly vendorId: string;
  readonly productId: string;
  readonly serialNumber: string;
}

/** Puts the ports of the machine beside the fields that name one; choosing fills them all. */
export const hooks: EditorHooks = {
  prepare(node: EditedNode) {
    const word = (key: string): string => node._(`stm32-serial.ports.${key}`);
    const list = $('<select>').css('width', '100%');
    const row = $('<div class="form-row" data-twin-ports>').append(
      $('<label>').append($('<i class="fa fa-search">'), ' ', $('<span>').text(word('label'))),
      $('<div style="display: inline-block; width: calc(100% - 140px)">').append(list),
    );
    $('[data-twin-row="stm32-serial.portBy"]').before(row);
    const transport = $('#node-input-transport');
    const update = (): void => void row.toggle(transport.val() === 'serial');
    transport.on('change', update);
    update();
    list.append($('<option>').text(word('asking')));
    void $.getJSON('digital-twin/stm32-serial/ports').then(
      ({ ports, error }: { ports: Port[]; error?: string }) =>
        fill(list, ports, error ?? word(ports.length ? 'choose' : 'none')),
      () => fill(list, [], word('unanswered')),
    );
  },
};

function fill(list: JQuery, ports: readonly Port[], heading: string): void {
  list.empty().append($('<option value="">').text(heading));
  ports.forEach((port, index) => {
    const ids = port.vendorId ? ` (${port.vendorId}:${port.productId} ${port.serialNumber})` : '';
    list.append($('<option>').val(String(index)).text(`${port.path}  ${port.manufacturer}${ids}`));
  });
  list.on('change', () => {
    const port = ports[Number(list.val())];
    if (list.val() === '' || !port) return;
    $('#node-input-path').val(port.path).trigger('change');
    for (const name of ['vendorId', 'productId', 'serialNumber'] as const) {
      $(`#node-input-${name}`).val(port[name]).trigger('change');
    }
    $('#node-input-portBy')
      .val(port.vendorId ? 'usb' : 'path')
      .trigger('change');
  });
}
