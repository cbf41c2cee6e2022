import { existsSync } from 'node:fs';
import { type Browser, type Locator, type Page, chromium } from 'playwright-core';

/** The browser that Debian's package brings, or the one that CHROMIUM names. */
function browserPath(): string {
  const known = [
    process.env['CHROMIUM'],
    '/usr/bin/chromium-headless-shell',
    '/usr/bin/chromium',
    '/usr/bin/google-chrome',
  ];
  const found = known.find((path) => path !== undefined && existsSync(path));
  if (!found)
    throw new Error("no Chromium found: install Debian's chromium-headless-shell or set CHROMIUM to its path");
  return found;
}

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserPath(),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });

interface EditorGlobals {
  RED: {
    nodes: {
      dirty(): boolean;
      eachNode(visit: (node: { id: string }) => void): void;
      eachWorkspace(visit: (flow: { id: string; label: string }) => void): void;
      getWorkspaceOrder(): string[];
      node(id: string): Record<string, unknown> | null;
    };
    workspaces: { show(id: string): void };
    sidebar: { help: { show(type: string, bringToFront: boolean): void } };
  };
  jQuery: { fx: { off: boolean } };
}

/** A Node-RED editor in a browser page, driven as a user would; keeps what went wrong in the page. */
export class Editor {
  /** Errors of the page and of its console. */
  readonly problems: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.problems.push(`page: ${error.message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') this.problems.push(`console: ${message.text()} ${message.location().url}`);
    });
  }

  static async open(browser: Browser, url: string, viewport = { width: 1600, height: 1000 }): Promise<Editor> {
    const editor = new Editor(await browser.newPage({ viewport }));
    editor.page.setDefaultTimeout(15_000);
    await editor.page.goto(url, { waitUntil: 'domcontentloaded' });
    await editor.ready();
    // Slides and notifications would cover what the next click is meant for.
    await editor.page.evaluate(() => {
      (globalThis as unknown as EditorGlobals).jQuery.fx.off = true;
    });
    await editor.page.addStyleTag({ content: '#red-ui-notifications { display: none }' });
    return editor;
  }

  private async ready(): Promise<void> {
    await this.page.waitForSelector('.red-ui-palette-node', { state: 'attached', timeout: 60_000 });
    await this.page.waitForFunction(
      () => (globalThis as unknown as Partial<EditorGlobals>).RED?.nodes?.getWorkspaceOrder?.().length,
    );
    await this.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' });
  }

  paletteNode(type: string): Locator {
    return this.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
  }

  /** Fills the palette's filter, which brings the matching nodes into view. */
  async filterPalette(text: string): Promise<void> {
    const box = this.page.locator('#red-ui-palette-search input');
    await box.fill('');
    // The filter acts 0.1 s after a key. Typed key by key it could act on the first few, and on all of them only while
    // the node is taken hold of, which then moves away under the mouse.
    await box.fill(text.slice(0, -1));
    if (text !== '') await box.press(text.slice(-1));
    // A node that does not match is the sign that it has acted.
    const inject = this.paletteNode('inject');
    await inject.waitFor({ state: text === '' ? 'visible' : 'hidden' });
  }

  /** Drags a node type from the palette to a place on the canvas; answers the new node's id. */
  async drag(type: string, x: number, y: number): Promise<string> {
    await this.filterPalette(type);
    const canvas = await this.page.locator('#red-ui-workspace-chart').boundingBox();
    if (!canvas) throw new Error('the editor shows no canvas');
    const before = await this.nodeIds();
    await this.paletteNode(type).hover();
    await this.page.mouse.down();
    await this.page.mouse.move(canvas.x + x, canvas.y + y, { steps: 12 });
    await this.page.mouse.up();
    await this.moreNodesThan(before.length);
    await this.filterPalette('');
    const added = (await this.nodeIds()).find((id) => !before.includes(id));
    if (!added) throw new Error(`dragging ${type} added no node`);
    return added;
  }

  nodeIds(): Promise<string[]> {
    return this.page.evaluate(() => {
      const ids: string[] = [];
      (globalThis as unknown as EditorGlobals).RED.nodes.eachNode(({ id }) => ids.push(id));
      return ids;
    });
  }

  /** Waits until the editor has more nodes than so many. */
  private async moreNodesThan(count: number): Promise<void> {
    await this.page.waitForFunction((least) => {
      let now = 0;
      (globalThis as unknown as EditorGlobals).RED.nodes.eachNode(() => now++);
      return now > least;
    }, count);
  }

  /** The drawing of a node on the canvas. */
  drawn(id: string): Locator {
    return this.page.locator(`g.red-ui-flow-node-group[id="${id}"]`);
  }

  /** Opens a node's edit dialog. */
  async edit(id: string): Promise<void> {
    await this.drawn(id).locator('.red-ui-flow-node').first().dblclick();
    await this.settled('#node-dialog-ok');
  }

  field(name: string): Locator {
    return this.page.locator(`#node-input-${name}`);
  }

  configField(name: string): Locator {
    return this.page.locator(`#node-config-input-${name}`);
  }

  async done(): Promise<void> {
    await this.page.locator('#node-dialog-ok').last().click();
    await this.page.locator('.red-ui-tray').waitFor({ state: 'detached' });
  }

  /** Adds a config node from the dialog of the node that refers to it. */
  async addConfig(name: string, fill: () => Promise<void>): Promise<void> {
    await this.page.locator(`#node-input-btn-${name}-add, #node-input-lookup-${name}`).first().click();
    await this.settled('#node-config-dialog-ok');
    await fill();
    await this.page.locator('#node-config-dialog-ok').click();
    await this.page.locator('#node-config-dialog-ok').waitFor({ state: 'detached' });
    await this.settled('#node-dialog-ok');
  }

  /** Chooses the first config node that is there already. */
  async chooseConfig(name: string): Promise<void> {
    const first = this.field(name).locator('option:not([value="_ADD_"]):not([value=""])').first();
    await this.field(name).selectOption((await first.getAttribute('value')) ?? '');
  }

  /** Deploys; answers the status of the runtime's reply. */
  async deploy(): Promise<number> {
    const reply = this.page.waitForResponse(
      (response) => response.url().endsWith('/flows') && response.request().method() === 'POST',
    );
    await this.page.locator('#red-ui-header-button-deploy').click();
    // The editor asks once more when a node is not filled in; then nothing was deployed.
    const question = this.page.locator('.red-ui-notification-warning').first();
    const asked = question.waitFor({ state: 'attached' }).then(
      () => true,
      () => false,
    );
    if (await Promise.race([reply.then(() => false), asked]))
      throw new Error(`the editor asks: ${await question.textContent()}`);
    const status = (await reply).status();
    await this.page.waitForFunction(() => !(globalThis as unknown as EditorGlobals).RED.nodes.dirty());
    await this.page.locator('.red-ui-deploy-button-spinner').waitFor({ state: 'hidden' });
    return status;
  }

  /** Chooses that deploys leave at work what has not changed. */
  async deployModifiedNodes(): Promise<void> {
    await this.page.locator('#red-ui-header-button-deploy-options').click();
    await this.page.locator('#deploymenu-item-node').click();
  }

  /** Brings a flow's tab to the front, wherever in the row of tabs it is. */
  async showFlow(label: string): Promise<void> {
    await this.page.evaluate((wanted) => {
      const { RED } = globalThis as unknown as EditorGlobals;
      RED.nodes.eachWorkspace((flow) => {
        if (flow.label === wanted) RED.workspaces.show(flow.id);
      });
    }, label);
    const active = this.page.locator('#red-ui-workspace-tabs .red-ui-tab.active', { hasText: label });
    await active.waitFor({ state: 'attached' });
  }

  /** Waits until the status under a node reads so; answers its text. */
  async status(id: string, text: RegExp): Promise<string> {
    const label = this.drawn(id).locator('.red-ui-flow-node-status-label').filter({ hasText: text });
    await label.waitFor({ timeout: 20_000 });
    return (await label.first().textContent()) ?? '';
  }

  /** Imports one of the flows that a module ships, by the import dialog; ends when its nodes are there. */
  async importExample(path: readonly string[]): Promise<void> {
    const before = (await this.nodeIds()).length;
    await this.page.locator('#red-ui-workspace-chart').click({ position: { x: 5, y: 5 } });
    await this.page.keyboard.press('Control+i');
    await this.page.locator('#red-ui-clipboard-dialog-import-tabs').waitFor({ state: 'visible' });
    await this.page.locator('#red-ui-tab-red-ui-clipboard-dialog-import-tab-examples a').first().click();
    const pane = this.page.locator('#red-ui-clipboard-dialog-import-tab-examples');
    for (const label of path) {
      const exact = new RegExp(`^${label.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')}$`);
      await pane.locator('.red-ui-treeList-label').filter({ hasText: exact }).first().click();
    }
    await this.page.locator('#red-ui-clipboard-dialog-ok:not([disabled])').click();
    await this.page.locator('#red-ui-clipboard-dialog').waitFor({ state: 'hidden' });
    // Flows that share config nodes, such as the dashboard's: the editor asks, sooner or later, and takes those that
    // are there.
    const copy = this.page.locator('.red-ui-notification button', { hasText: /import copy/i }).first();
    const grown = this.moreNodesThan(before);
    const asked = copy.waitFor({ state: 'attached' }).then(
      () => true,
      () => false,
    );
    if (await Promise.race([grown.then(() => false), asked])) await copy.dispatchEvent('click');
    await grown;
  }

  /** Opens the help of a node type in the sidebar. */
  async showHelp(type: string): Promise<void> {
    await this.page.evaluate((name) => {
      (globalThis as unknown as EditorGlobals).RED.sidebar.help.show(name, true);
    }, type);
  }

  /** Waits until a tray has slid in: its button is there and no longer moves. */
  private async settled(selector: string): Promise<void> {
    const button = this.page.locator(selector).last();
    await button.waitFor({ state: 'visible' });
    await button.click({ trial: true });
  }
}
