import js from '@eslint/js';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** Which folders under lib/ each folder may import, and the one outside package that belongs to it. */
const layers = {
  reading: { imports: [], owns: [] },
  delivery: { imports: ['reading'], owns: [] },
  serial: { imports: ['delivery', 'reading'], owns: ['serialport', '@serialport/*'] },
  mqtt: { imports: ['delivery', 'reading'], owns: ['mqtt'] },
  kafka: { imports: ['delivery', 'reading'], owns: ['kafkajs', 'fzstd'] },
  influx: { imports: ['delivery', 'reading'], owns: ['@influxdata/*'] },
  bridge: { imports: ['mqtt', 'kafka', 'delivery', 'reading'], owns: [] },
  latency: { imports: ['reading'], owns: [] },
  series: { imports: ['reading'], owns: ['simple-statistics'] },
  twin: { imports: ['reading'], owns: [] },
};
/** The slash keeps the name of the package `mqtt` from matching the folder lib/mqtt. */
const anchored = (names) => names.map((name) => `/${name}`);
const systems = Object.values(layers).flatMap(({ owns }) => owns);
const nodeRed = ['node-red', 'node-red/*', '@node-red/*'];

const layerRules = Object.entries(layers).map(([folder, { imports, owns }]) => {
  const closed = Object.keys(layers).filter((other) => other !== folder && !imports.includes(other));
  return {
    files: [`lib/${folder}/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [...anchored(systems.filter((name) => !owns.includes(name))), ...nodeRed, '**/nodes/**'],
              message: 'each outside system is known only in its own folder under lib/, Node-RED only under nodes/',
            },
            {
              group: closed.map((other) => `../${other}/*`),
              message: `lib/${folder} may import ${imports.join(', ') || 'nothing'}`,
            },
          ],
        },
      ],
    },
  };
});

export default defineConfig(
  globalIgnores(['dist', 'examples', 'coverage', '.data', 'shots']),
  js.configs.recommended,
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: { ...globals.node, window: 'readonly', document: 'readonly' } },
  },
  {
    files: ['**/*.cjs', '{test,bench}/**/*.js'],
    languageOptions: { sourceType: 'commonjs', globals: globals.node },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      'no-console': 'error',
    },
  },
  {
    files: ['test/**/*.ts', 'e2e/**/*.ts', 'peers/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['describe', 'it', 'test', 'before', 'after'], package: 'node:test' },
          ],
        },
      ],
      '@typescript-eslint/no-require-imports': 'off',
    },
  },
  { files: ['bench/**/*.ts', 'stack/**/*.ts', 'scripts/**/*.ts'], rules: { 'no-console': 'off' } },
  ...layerRules,
  {
    files: ['nodes/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: anchored(systems), message: 'nodes/ reaches outside systems only through lib/' }] },
      ],
    },
  },
);
