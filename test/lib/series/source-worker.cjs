// Runs the analysis worker from its TypeScript source.
require('../../../stack/typescript/register.cjs');
require('../../../lib/series/analysis-worker.ts');
