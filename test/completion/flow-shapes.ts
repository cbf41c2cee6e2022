export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** One shape of flow behind a tracked source, and what must be seen before its message may settle. */
export interface FlowShape {
  readonly name: string;
  /** Payloads that are injected, one after the other; all of them must settle. */
  readonly payloads: readonly unknown[];
  /** How many times a sink must have stored before the last message settles. */
  readonly stored: number;
  /** How many of the messages end with an error. */
  readonly failed: number;
  readonly nodes: readonly FlowNode[];
  /** The nodes that the source is wired to. */
  readonly first: readonly string[];
}

type Build = (name: string) => {
  nodes: FlowNode[];
  first: string[];
  payloads?: unknown[];
  stored?: number;
  failed?: number;
};

const sink = (id: string, more: Record<string, unknown> = {}): FlowNode => ({
  id,
  type: 'slow-sink',
  name: id,
  delay: 300,
  ...more,
});
const func = (id: string, code: string, wires: string[]): FlowNode => ({
  id,
  type: 'function',
  func: code,
  outputs: 1,
  libs: [],
  wires: [wires],
});
const set = (id: string, value: string, wires: string[]): FlowNode => ({
  id,
  type: 'change',
  rules: [{ t: 'set', p: 'payload', pt: 'msg', to: value, tot: 'num' }],
  wires: [wires],
});
const link = (id: string, type: 'link in' | 'link out', more: Record<string, unknown>): FlowNode => ({
  id,
  type,
  ...more,
});

/** A node between source and sink. */
const through = (node: (name: string) => FlowNode, more: Partial<ReturnType<Build>> = {}): Build => {
  return (name) => ({ first: [`${name}-n`], nodes: [node(name), sink(`${name}-k`)], ...more });
};

const shapes: Readonly<Record<string, Build>> = {
  sink: (n) => ({ first: [`${n}-k`], nodes: [sink(`${n}-k`)] }),
  'fan-out': (n) => ({
    first: [`${n}-a`, `${n}-b`],
    nodes: [sink(`${n}-a`, { delay: 100 }), sink(`${n}-b`, { delay: 700 })],
    stored: 2,
  }),
  'switch that drops': through(
    (n) => ({
      id: `${n}-n`,
      type: 'switch',
      property: 'payload',
      propertyType: 'msg',
      rules: [{ t: 'eq', v: '99', vt: 'num' }],
      checkall: 'true',
      outputs: 1,
      wires: [[`${n}-k`]],
    }),
    { stored: 0 },
  ),
  filter: through(
    (n) => ({
      id: `${n}-n`,
      type: 'rbe',
      func: 'rbe',
      property: 'payload',
      septopics: true,
      topi: 'topic',
      wires: [[`${n}-k`]],
    }),
    { payloads: [1, 1], stored: 1 },
  ),
  'function with a new message': through((n) => func(`${n}-n`, 'return { payload: "new" };', [`${n}-k`])),
  'function that sends later': through((n) =>
    func(`${n}-n`, 'setTimeout(() => { node.send({ payload: "late", _msgid: msg._msgid }); node.done(); }, 300);', [
      `${n}-k`,
    ]),
  ),
  'function that throws': through((n) => func(`${n}-n`, 'throw new Error("boom");', [`${n}-k`]), {
    stored: 0,
    failed: 1,
  }),
  'function that drops': through((n) => func(`${n}-n`, 'return null;', [`${n}-k`]), { stored: 0 }),
  'function that sends twice': through((n) => func(`${n}-n`, 'return [[msg, { payload: 2 }]];', [`${n}-k`]), {
    stored: 2,
  }),
  change: through((n) => set(`${n}-n`, '5', [`${n}-k`])),
  delay: through((n) => ({
    id: `${n}-n`,
    type: 'delay',
    pauseType: 'delay',
    timeout: '500',
    timeoutUnits: 'milliseconds',
    rate: '1',
    nbRateUnits: '1',
    rateUnits: 'second',
    outputs: 1,
    wires: [[`${n}-k`]],
  })),
  'rate limit': through(
    (n) => ({
      id: `${n}-n`,
      type: 'delay',
      pauseType: 'rate',
      timeout: '1',
      timeoutUnits: 'seconds',
      rate: '4',
      nbRateUnits: '1',
      rateUnits: 'second',
      outputs: 1,
      wires: [[`${n}-k`]],
    }),
    { payloads: [1, 2, 3], stored: 3 },
  ),
  'split and join': (n) => ({
    first: [`${n}-f`],
    nodes: [
      func(`${n}-f`, 'msg.payload = [1, 2, 3]; return msg;', [`${n}-s`]),
      {
        id: `${n}-s`,
        type: 'split',
        splt: '\\n',
        spltType: 'str',
        arraySplt: 1,
        arraySpltType: 'len',
        wires: [[`${n}-j`]],
      },
      { id: `${n}-j`, type: 'join', mode: 'auto', wires: [[`${n}-k`]] },
      sink(`${n}-k`),
    ],
  }),
  'join by count': through(
    (n) => ({
      id: `${n}-n`,
      type: 'join',
      mode: 'custom',
      build: 'array',
      property: 'payload',
      propertyType: 'msg',
      count: '3',
      timeout: '',
      key: 'topic',
      joiner: '\\n',
      joinerType: 'str',
      accumulate: false,
      wires: [[`${n}-k`]],
    }),
    { payloads: [1, 2, 3], stored: 1 },
  ),
  batch: through(
    (n) => ({
      id: `${n}-n`,
      type: 'batch',
      mode: 'count',
      count: '2',
      overlap: '0',
      interval: 10,
      allowEmptySequence: false,
      topics: [],
      wires: [[`${n}-k`]],
    }),
    { payloads: [1, 2], stored: 2 },
  ),
  'trigger, its first message': through((n) => ({
    id: `${n}-n`,
    type: 'trigger',
    op1: '1',
    op2: '0',
    op1type: 'str',
    op2type: 'nul',
    duration: '100',
    extend: false,
    units: 'ms',
    reset: '',
    bytopic: 'all',
    outputs: 1,
    wires: [[`${n}-k`]],
  })),
  'node without done': through((n) => ({ id: `${n}-n`, type: 'old-style', wires: [[`${n}-k`]] })),
  'node without done that drops': (n) => ({
    first: [`${n}-n`],
    nodes: [{ id: `${n}-n`, type: 'old-style', wires: [[]] }],
    stored: 0,
  }),
  'link out and in': (n) => ({
    first: [`${n}-o`],
    nodes: [
      link(`${n}-o`, 'link out', { mode: 'link', links: [`${n}-i`] }),
      link(`${n}-i`, 'link in', { links: [`${n}-o`], wires: [[`${n}-k`]] }),
      sink(`${n}-k`),
    ],
  }),
  'link call': (n) => ({
    first: [`${n}-c`],
    nodes: [
      { id: `${n}-c`, type: 'link call', links: [`${n}-i`], linkType: 'static', timeout: '30', wires: [[`${n}-k`]] },
      link(`${n}-i`, 'link in', { links: [], wires: [[`${n}-s`]] }),
      set(`${n}-s`, '6', [`${n}-r`]),
      link(`${n}-r`, 'link out', { mode: 'return', links: [] }),
      sink(`${n}-k`),
    ],
  }),
  junction: through((n) => ({ id: `${n}-n`, type: 'junction', wires: [[`${n}-k`]] })),
  subflow: (n) => ({
    first: [`${n}-n`],
    nodes: [
      {
        id: `${n}-sub`,
        type: 'subflow',
        name: 's',
        in: [{ x: 50, y: 30, wires: [{ id: `${n}-in` }] }],
        out: [{ x: 300, y: 30, wires: [{ id: `${n}-in`, port: 0 }] }],
      },
      { ...set(`${n}-in`, '7', []), z: `${n}-sub` },
      { id: `${n}-n`, type: `subflow:${n}-sub`, wires: [[`${n}-k`]] },
      sink(`${n}-k`),
    ],
  }),
  debug: (n) => ({
    first: [`${n}-d`],
    nodes: [
      {
        id: `${n}-d`,
        type: 'debug',
        active: true,
        tosidebar: true,
        console: false,
        tostatus: false,
        complete: 'payload',
        targetType: 'msg',
      },
    ],
    stored: 0,
  }),
  'nothing wired': () => ({ first: [], nodes: [], stored: 0 }),
  'disabled node': (n) => ({ first: [`${n}-k`], nodes: [sink(`${n}-k`, { d: true })], stored: 0 }),
  'sink that fails': (n) => ({ first: [`${n}-k`], nodes: [sink(`${n}-k`, { fail: true })], failed: 1 }),
  'http request that fails': through(
    (n) => ({
      id: `${n}-n`,
      type: 'http request',
      method: 'GET',
      ret: 'txt',
      url: 'http://127.0.0.1:1/',
      wires: [[`${n}-k`]],
    }),
    { stored: 1 },
  ),
  file: through((n) => ({
    id: `${n}-n`,
    type: 'file',
    filename: 'out.txt',
    filenameType: 'str',
    appendNewline: true,
    overwriteFile: 'false',
    wires: [[`${n}-k`]],
  })),
  'catch branch': (n) => ({
    first: [`${n}-f`],
    nodes: [
      func(`${n}-f`, 'throw new Error("caught");', []),
      { id: `${n}-c`, type: 'catch', scope: [`${n}-f`], uncaught: false, wires: [[`${n}-k`]] },
      sink(`${n}-k`),
    ],
    failed: 1,
  }),
  'catch branch of node.error': (n) => ({
    first: [`${n}-f`],
    nodes: [
      func(`${n}-f`, 'node.error("said", msg);', []),
      { id: `${n}-c`, type: 'catch', scope: [`${n}-f`], uncaught: false, wires: [[`${n}-k`]] },
      sink(`${n}-k`),
    ],
  }),
};

export const flowShapes: readonly FlowShape[] = Object.entries(shapes).map(([name, build], index) => {
  const { nodes, first, payloads = [1], stored = 1, failed = 0 } = build(`s${index}`);
  return { name, nodes, first, payloads, stored, failed };
});
