import { nodeRed5 } from '../test/support/node-red-versions';
import { testEditor } from './support/editor-suite';

testEditor(nodeRed5);
