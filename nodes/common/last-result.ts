import type { NodeAPI } from '@node-red/registry';

/** A line of a picture: times in epoch ms, values with `null` where there is none. */
export interface PictureLine {
  readonly name: string;
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
}

/** One panel of the small picture in a node's form. */
export interface PicturePanel {
  readonly lines: readonly PictureLine[];
  /** A band between two lines of the same times. */
  readonly band?: {
    readonly times: readonly number[];
    readonly lower: readonly (number | null)[];
    readonly upper: readonly (number | null)[];
  };
  /** Points that stand out. */
  readonly marks?: readonly { readonly time: number; readonly value: number }[];
}

/** The last result of a node, thinned to what a small picture needs. */
export interface Picture {
  /** A line of text below, such as the method with its error. */
  readonly caption: string;
  readonly panels: readonly PicturePanel[];
}

const pictures = new WeakMap<object, () => Picture>();

/** The last result of a node; `draw` is called when a form asks for it. */
export function setLastResult(node: object, draw: () => Picture): void {
  pictures.set(node, draw);
}

const served = new WeakSet<object>();

/** Serves the last results to the forms, to whoever may read the flows; for all node types of a runtime once. */
export function serveLastResults(RED: NodeAPI): void {
  if (served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  RED.httpAdmin.get('/digital-twin/last-result/:id', RED.auth.needsPermission('flows.read'), (request, response) => {
    const node = RED.nodes.getNode(String(request.params['id'])) as object | null;
    const draw = node === null ? undefined : pictures.get(node);
    // No result yet is no error, and a browser would log a 404 as one.
    response.json(draw ? draw() : null);
  });
}
