import type { NodeDefinition } from '../definition';
import type { EditedNode } from './form';
import { fieldValue } from './fields';

/** The row with the *Test connection* button: asks the runtime with the values as they stand in the form. */
export function addConnectionTest(definition: NodeDefinition, node: EditedNode): void {
  const button = $(`#twin-test-${definition.type}`);
  const answer = $(`#twin-test-${definition.type}-answer`);
  button.on('click', (event) => {
    event.preventDefault();
    answer.attr('class', '').text(node._('common.test.running'));
    button.prop('disabled', true);
    const values: Record<string, unknown> = {};
    const secrets: Record<string, unknown> = {};
    for (const [name, { kind }] of Object.entries(definition.options)) {
      (kind === 'secret' ? secrets : values)[name] = fieldValue(definition, name, kind);
    }
    void $.ajax({
      url: `digital-twin/test/${definition.type}`,
      method: 'POST',
      contentType: 'application/json',
      data: JSON.stringify({ id: node.id, values, secrets }),
    })
      .then(
        ({ ok, text }: { ok: boolean; text: string }) =>
          answer.attr('class', ok ? 'twin-test-good' : 'twin-test-bad').text(text),
        (failure: JQuery.jqXHR) =>
          answer.attr('class', 'twin-test-bad').text(node._('common.test.unanswered', { status: failure.status })),
      )
      .always(() => button.prop('disabled', false));
  });
}
