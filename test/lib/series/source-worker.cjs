// Runs the analysis worker from its TypeScript source.
require('tsx/cjs');
require('../../../lib/series/analysis-worker.ts');
