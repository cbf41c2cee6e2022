import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { it } from 'node:test';
import { ESLint } from 'eslint';

const root = resolve(__dirname, '../..');

/** Which folders under lib/ a folder may import. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  reading: [],
  delivery: ['reading'],
  serial: ['delivery', 'reading'],
  mqtt: ['delivery', 'reading'],
  kafka: ['delivery', 'reading'],
  influx: ['delivery', 'reading'],
  bridge: ['mqtt', 'kafka', 'delivery', 'reading'],
  latency: ['reading'],
  series: ['reading'],
  twin: ['reading'],
};
/** The only folder under lib/ that may import an outside package. */
const owners: Readonly<Record<string, string>> = {
  serialport: 'serial',
  mqtt: 'mqtt',
  kafkajs: 'kafka',
  fzstd: 'kafka',
  '@influxdata/influxdb-client': 'influx',
  'simple-statistics': 'series',
};

const files = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(root, folder, name));

const imports = (file: string): string[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\b[^;]*?\bfrom '([^']+)'|^import '([^']+)'|\brequire\('([^']+)'\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

it('every folder under lib/ imports only what lies below it', () => {
  const wrong: string[] = [];
  for (const file of files('lib')) {
    const [, folder = ''] = relative(root, file).split(sep);
    assert.ok(folder in arrows, `lib/${folder} has no place among the layers`);
    for (const name of imports(file)) {
      const say = (): number => wrong.push(`${relative(root, file)} imports ${name}`);
      if (name.startsWith('.')) {
        const [top, other = ''] = relative(root, resolve(dirname(file), name)).split(sep);
        if (top !== 'lib' || (other !== folder && !arrows[folder]?.includes(other))) say();
      } else if (!name.startsWith('node:') && owners[name] !== folder) say();
    }
  }
  assert.deepEqual(wrong, []);
});

it('the nodes reach outside systems only through lib/', () => {
  const wrong = files('nodes').flatMap((file) =>
    imports(file)
      .filter((name) => name in owners)
      .map((name) => `${relative(root, file)} imports ${name}`),
  );
  assert.deepEqual(wrong, []);
});

it('the lint rule refuses an import against the arrows', async () => {
  const eslint = new ESLint({ cwd: root });
  const refused = async (file: string, text: string): Promise<boolean> => {
    const [result] = await eslint.lintText(text, { filePath: join(root, file) });
    return result?.messages.some(({ ruleId }) => ruleId === 'no-restricted-imports') ?? false;
  };
  assert.equal(await refused('lib/series/series.ts', `import 'mqtt';`), true);
  assert.equal(await refused('lib/series/series.ts', `import '../kafka/kafka-admin';`), true);
  assert.equal(await refused('lib/mqtt/mqtt-options.ts', `import '@node-red/registry';`), true);
  assert.equal(await refused('nodes/common/tls.ts', `import 'kafkajs';`), true);
  assert.equal(await refused('lib/mqtt/mqtt-options.ts', `import '../delivery/backoff';`), false);
});
