import { nodeRed4 } from '../test/support/node-red-versions';
import { testEditor } from './support/editor-suite';

testEditor(nodeRed4);
