import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { placeFlows } from './node-red-flows';

export interface UserFolderOptions {
  readonly folder: string;
  readonly packDir: string;
  readonly log: (line: string) => void;
}

const DASHBOARD = '@flowfuse/node-red-dashboard';

/**
 * Makes what Node-RED needs in its user folder: settings and secret at the first start only, so that edits stay; the
 * links to this pack and to the dashboard at every start, as npm removes them when the user installs another module.
 */
export function prepareUserFolder({ folder, packDir, log }: UserFolderOptions): void {
  mkdirSync(folder, { recursive: true });
  writeOnce(join(folder, 'package.json'), '{ "name": "digital-twin-flows", "private": true, "version": "0.0.1" }\n');
  writeOnce(join(folder, 'credential-secret'), `${randomBytes(32).toString('hex')}\n`, 0o600);
  writeOnce(join(folder, 'settings.js'), SETTINGS);
  const { name } = JSON.parse(readFileSync(join(packDir, 'package.json'), 'utf8')) as { name: string };
  link(packDir, join(folder, 'node_modules', name));
  link(join(packDir, 'node_modules', DASHBOARD), join(folder, 'node_modules', DASHBOARD));
  placeFlows(folder, packDir, log);
}

function writeOnce(path: string, text: string, mode = 0o644): void {
  if (!existsSync(path)) writeFileSync(path, text, { mode });
}

function link(target: string, path: string): void {
  if (!existsSync(target)) return;
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path, 'dir');
}

const SETTINGS = `const { readFileSync } = require('node:fs');
const { join } = require('node:path');

// Written once by the launcher; yours to change from then on. The port comes from the command line.
module.exports = {
  flowFile: 'flows.json',
  uiHost: '127.0.0.1',
  credentialSecret: readFileSync(join(__dirname, 'credential-secret'), 'utf8').trim(),
  telemetry: { enabled: false, updateNotification: false },
  editorTheme: { tours: false, projects: { enabled: false } },
  diagnostics: { enabled: true, ui: true },
  runtimeState: { enabled: true, ui: true },
  logging: { console: { level: 'info', metrics: false, audit: false } },
};
`;
