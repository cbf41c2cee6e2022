import { messageOf } from '../../lib/reading/twin-error';
import type { MissingServer, PlannedServer, Way } from '../server-plan';
import type { Installation } from '../server-recipe';
import { installDebianPackages } from './debian-packages';

type Installable = PlannedServer & { readonly way: Extract<Way, { how: 'install' }> };

/**
 * Installs what the plan says: all packages in one go, then the downloads. A server whose installation fails is among
 * the missing; the others are ready.
 */
export async function installPlanned(
  plan: readonly PlannedServer[],
  place: Installation,
): Promise<{ ready: PlannedServer[]; missing: MissingServer[] }> {
  const missing = new Map<PlannedServer, MissingServer>();
  for (const planned of plan) {
    const { way, recipe } = planned;
    if (way.how === 'missing')
      missing.set(planned, { name: recipe.name, title: recipe.title, reason: way.reason, command: way.command });
  }
  const wanted = plan.filter((planned): planned is Installable => planned.way.how === 'install');
  const giveUp = (planned: Installable, error: unknown, command: string): void => {
    const { name, title } = planned.recipe;
    missing.set(planned, { name, title, reason: messageOf(error), command });
    place.log(`  ${messageOf(error)}`);
  };

  const needPackages = wanted.filter(({ way }) => way.packages.length > 0);
  const packages = [...new Set(needPackages.flatMap(({ way }) => way.packages))];
  if (packages.length > 0) {
    place.log(`installing ${packages.join(', ')} by apt-get`);
    await installDebianPackages(packages, place).catch((error: unknown) => {
      for (const planned of needPackages)
        giveUp(planned, error, `sudo apt-get install ${planned.way.packages.join(' ')}`);
    });
  }
  for (const planned of wanted) {
    const { download } = planned.recipe;
    if (!download || planned.way.download === undefined || missing.has(planned)) continue;
    place.log(`fetching ${planned.way.download}`);
    await download.fetch(place).catch((error: unknown) => giveUp(planned, error, 'npm start'));
  }
  place.signal.throwIfAborted();
  return { ready: plan.filter((planned) => !missing.has(planned)), missing: [...missing.values()] };
}
