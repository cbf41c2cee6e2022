import { readdirSync, readlinkSync, realpathSync } from 'node:fs';

/**
 * Tells whether some process has a terminal device open, from /proc. Only processes that this user may look into are
 * seen; where there is no /proc (macOS) it always says yes.
 */
export class OpenPort {
  readonly #link: string;
  readonly #exceptPid: string;
  #lastReader: string | undefined;

  /**
   * @param link path of the device, or of a link to it
   * @param exceptPid process that does not count, such as the one which made the device
   */
  constructor(link: string, exceptPid?: number) {
    this.#link = link;
    this.#exceptPid = String(exceptPid);
  }

  isOpen(): boolean {
    const device = resolveLink(this.#link);
    if (device === undefined) return false;
    const processes = processIds();
    if (processes === undefined) return true;
    if (this.#lastReader !== undefined && holds(this.#lastReader, device)) return true;
    this.#lastReader = processes.find((pid) => pid !== this.#exceptPid && holds(pid, device));
    return this.#lastReader !== undefined;
  }
}

function resolveLink(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function processIds(): string[] | undefined {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  } catch {
    return undefined;
  }
}

function holds(pid: string, device: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readLinkOrNothing(`/proc/${pid}/fd/${fd}`) === device);
  } catch {
    return false;
  }
}

function readLinkOrNothing(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
