import { resolve } from 'node:path';

/** Arguments with which `node` runs a file in TypeScript. */
export const TYPESCRIPT = ['--require', resolve(__dirname, '../../stack/typescript/register.cjs')] as const;
