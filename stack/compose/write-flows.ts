import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { shippedFlows } from '../servers/node-red-flows';

// node --import tsx stack/compose/write-flows.ts FILE: the flows that ship, as one flow file.
const [target] = process.argv.slice(2);
if (!target) throw new Error('expected the file to write');
writeFileSync(target, shippedFlows(resolve(__dirname, '..', '..')).text);
