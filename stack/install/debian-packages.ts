import { join } from 'node:path';
import type { Installation } from '../server-recipe';
import { runWithProgress } from './run-with-progress';

/**
 * Services that Debian's packages start by themselves, on their usual ports; the stack runs its own processes instead.
 */
const SERVICES: Readonly<Record<string, string>> = { mosquitto: 'mosquitto.service', influxdb: 'influxdb.service' };

/**
 * Installs Debian packages; waits for up to 2 minutes while another apt-get holds the lock. Rejects with STACK_INSTALL.
 */
export async function installDebianPackages(
  packages: readonly string[],
  place: Omit<Installation, 'cacheDir'>,
): Promise<void> {
  const { machine, logDir, log, signal } = place;
  const command = machine.find('apt-get') ?? 'apt-get';
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const logFile = join(logDir, 'apt-get.log');
  const lock = ['-o', 'DPkg::Lock::Timeout=120'];
  await runWithProgress({ what: 'apt-get update', command, args: ['update', ...lock], env, logFile, log, signal });
  await runWithProgress({
    what: `apt-get install ${packages.join(' ')}`,
    command,
    args: ['install', '-y', '--no-install-recommends', ...lock, ...packages],
    env,
    logFile,
    log,
    signal,
  });
  await stopServices(packages, place);
}

async function stopServices(
  packages: readonly string[],
  { machine, logDir, log, signal }: Omit<Installation, 'cacheDir'>,
): Promise<void> {
  const systemctl = machine.find('systemctl');
  const services = packages.flatMap((name) => SERVICES[name] ?? []);
  if (!systemctl || services.length === 0) return;
  try {
    await runWithProgress({
      what: `systemctl disable ${services.join(' ')}`,
      command: systemctl,
      args: ['disable', '--now', ...services],
      logFile: join(logDir, 'systemctl.log'),
      log,
      signal,
      limitMs: 30_000,
    });
  } catch {
    // No systemd runs here (a container): then the package has started no service either.
  }
}
