import type { ComposeCommand, Machine } from './machine';
import type { ServerName, ServerRecipe } from './server-recipe';

/** How one server will be had. */
export type Way =
  | { readonly how: 'given'; readonly address: string }
  | { readonly how: 'installed' }
  | { readonly how: 'compose'; readonly command: ComposeCommand }
  | { readonly how: 'install'; readonly packages: readonly string[]; readonly download?: string }
  | { readonly how: 'missing'; readonly reason: string; readonly command: string };

export interface PlannedServer {
  readonly recipe: ServerRecipe;
  readonly way: Way;
}

/** A server that cannot be had here. */
export interface MissingServer {
  readonly name: ServerName;
  readonly title: string;
  readonly reason: string;
  /** Command by which the user gets it. */
  readonly command: string;
}

export interface PlanOptions {
  readonly machine: Machine;
  readonly env: NodeJS.ProcessEnv;
  readonly cacheDir: string;
}

/** Decides for each server, in this order: an address given, a program installed, a container, an installation. */
export async function planServers(recipes: readonly ServerRecipe[], options: PlanOptions): Promise<PlannedServer[]> {
  const compose = await options.machine.compose();
  return Promise.all(recipes.map(async (recipe) => ({ recipe, way: await wayOf(recipe, options, compose) })));
}

async function wayOf(
  recipe: ServerRecipe,
  { machine, env, cacheDir }: PlanOptions,
  compose?: ComposeCommand,
): Promise<Way> {
  const address = recipe.variable && env[recipe.variable];
  if (address) return { how: 'given', address };
  const unusable = await recipe.unusable?.(machine);
  const lacking = unusable ? [] : await recipe.lacking(machine, env, cacheDir);
  const download = recipe.download?.what(machine, env, cacheDir);
  if (!unusable && lacking.length === 0 && download === undefined) return { how: 'installed' };
  if (compose && recipe.compose) return { how: 'compose', command: compose };
  if (unusable) return { how: 'missing', ...unusable };
  const packages = [...new Set(lacking.map((need) => need.debianPackage))];
  if (packages.length === 0 || machine.installsPackages)
    return { how: 'install', packages, ...(download ? { download } : {}) };
  return {
    how: 'missing',
    reason: `${lacking.map((need) => need.program).join(' and ')} not found`,
    command: `sudo apt-get install ${packages.join(' ')}`,
  };
}

/** The plan in plain lines, one per server. */
export function describePlan(plan: readonly PlannedServer[]): string[] {
  return plan.map(({ recipe, way }) => `  ${recipe.title.padEnd(19)}${describeWay(way, recipe)}`);
}

function describeWay(way: Way, { variable, compose }: ServerRecipe): string {
  switch (way.how) {
    case 'given':
      return `given by ${variable}: ${withoutPassword(way.address)}`;
    case 'installed':
      return 'installed here';
    case 'compose':
      return `container ${compose?.service} of stack/compose/compose.yaml`;
    case 'install':
      return `to be installed: ${[
        way.packages.length > 0 ? `apt-get install ${way.packages.join(' ')}` : '',
        way.download ?? '',
      ]
        .filter(Boolean)
        .join('; ')}`;
    case 'missing':
      return `MISSING: ${way.reason}. To get it: ${way.command}`;
  }
}

/** An address may hold a password, which no log shows. */
function withoutPassword(address: string): string {
  return address.replace(/\/\/[^/@]*@/, '//…@');
}
