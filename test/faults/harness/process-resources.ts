import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NodeRedProcess } from '../../support/node-red-process';

/** What a Node-RED process holds on to. */
export interface Resources {
  /** Connections to each server, by its port. */
  readonly sockets: Readonly<Record<number, number>>;
  readonly timers: number;
  readonly heapBytes: number;
}

const SAMPLES = 5;
const SAMPLE_GAP_MS = 400;

/**
 * The least of several looks, as requests under way come and go; what leaks is there in each. Node-RED must have the
 * fixture nodes of this folder.
 */
export async function resourcesOf(red: NodeRedProcess, ports: readonly number[]): Promise<Resources> {
  let least: Resources | undefined;
  for (let sample = 0; sample < SAMPLES; sample++) {
    if (sample > 0) await sleep(SAMPLE_GAP_MS);
    const now = await look(red, ports);
    const before = least ?? now;
    least = {
      sockets: Object.fromEntries(ports.map((port) => [port, Math.min(before.sockets[port]!, now.sockets[port]!)])),
      timers: Math.min(before.timers, now.timers),
      heapBytes: Math.min(before.heapBytes, now.heapBytes),
    };
  }
  return least!;
}

async function look(red: NodeRedProcess, ports: readonly number[]): Promise<Resources> {
  const answer = await fetch(`${red.url}/test/resources`);
  const { resources, heapBytes } = (await answer.json()) as { resources: Record<string, number>; heapBytes: number };
  const remote = remotePorts(red.pid);
  const sockets = Object.fromEntries(ports.map((port) => [port, remote.filter((each) => each === port).length]));
  return { sockets, timers: resources['Timeout'] ?? 0, heapBytes };
}

/** The far port of each TCP connection of a process, as the system sees it. */
function remotePorts(pid: number): number[] {
  const folder = `/proc/${pid}/fd`;
  const inodes = new Set(readdirSync(folder).map((fd) => inodeOf(`${folder}/${fd}`)));
  return ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((columns) => inodes.has(columns[9]))
      .map((columns) => parseInt(columns[2]?.split(':')[1] ?? '0', 16)),
  );
}

/** Of a socket; anything else, or what was closed while we looked, has none. */
function inodeOf(path: string): string | undefined {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(path))?.[1];
  } catch {
    return undefined;
  }
}
