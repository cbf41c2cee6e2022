import type { EditorHooks } from '../common/editor/form';
import { addLastResult } from '../common/editor/last-result-picture';

/** Shows what the node gave last. */
export const hooks: EditorHooks = {
  prepare: addLastResult,
};
