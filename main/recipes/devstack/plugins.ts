/** DevStack's plugins: those that Stackbox knows, and others by name, address and branch. */
import type { PlanProblem } from '../../contract/models';
import { lineProblems, type LineFinding } from '../shared/own-lines';
import type { DevstackOptions } from './options';
import { findPreset, releases } from './releases';

type Plugin = (typeof releases.plugins)[number];

/** The lines of `local.conf` that bring the preset's plugins and the chosen ones, each once, in an order in which they work. */
export function pluginLines(options: DevstackOptions): string[] {
  const known = knownPlugins(options);
  const own = ownPlugins(options.otherPlugins).flatMap(({ plugin }) => plugin ?? []);
  return [
    ...known.flatMap(({ settings }) => settings),
    ...known.map(({ id, address, branch }) =>
      ['enable_plugin', id, address ?? `${options.gitBase}/openstack/${id}`, branch ?? '{{BRANCH}}'].join(' '),
    ),
    ...known.flatMap(({ services }) => (services.length > 0 ? [`enable_service ${services.join(' ')}`] : [])),
    ...own.map(({ name, address, branch }) => `enable_plugin ${name} ${address} ${branch ?? '{{BRANCH}}'}`),
  ];
}

/** The plugins that Stackbox knows among the preset's, the chosen ones, and those that they need; in DevStack's order. */
export function knownPlugins({ preset, plugins }: Pick<DevstackOptions, 'preset' | 'plugins'>): Plugin[] {
  const wanted = new Set([...findPreset(preset).plugins, ...plugins]);
  return releases.plugins.filter(({ id }) => wanted.has(id) || neededBy(id, wanted));
}

/** Memory that the preset with its plugins should have at least, in MiB. */
export function wantedMemory(options: Pick<DevstackOptions, 'preset' | 'plugins'>): number {
  const { memoryMiB, plugins } = findPreset(options.preset);
  const more = knownPlugins(options).filter(({ id }) => !plugins.includes(id));
  return more.reduce((sum, { moreMemoryMiB }) => sum + moreMemoryMiB, memoryMiB);
}

/** Magnum makes its clusters with Heat, for one. */
function neededBy(id: string, wanted: ReadonlySet<string>): boolean {
  return releases.plugins.some((plugin) => wanted.has(plugin.id) && plugin.needs.includes(id));
}

/** What is wrong with the plugins of a plan. */
export function pluginProblems(options: DevstackOptions): PlanProblem[] {
  const { preset, plugins, otherPlugins } = options;
  const chosen = releases.plugins.filter(({ id }) => plugins.includes(id));
  const { title, groups } = findPreset(preset);
  const lacking = chosen.flatMap(({ id, title: plugin, groups: wanted }): PlanProblem[] => {
    const missing = wanted.filter((group) => !groups.includes(group));
    if (missing.length === 0) return [];
    const message = `${plugin} needs more than "${title}": ${missing.join(', ')} is not in it.`;
    const hint = 'Choose services that have it.';
    return [{ field: 'recipe.options.plugins', message, hint, severity: id === 'skydive' ? 'warning' : 'problem' }];
  });
  const taken = new Set([...findPreset(preset).plugins, ...plugins]);
  const findings = ownPlugins(otherPlugins).flatMap(({ line, plugin }): LineFinding[] => {
    if (!plugin) {
      return [
        { line, severity: 'problem', message: 'Write name, address and branch, like: foo https://host/foo master.' },
      ];
    }
    if (!taken.has(plugin.name)) {
      taken.add(plugin.name);
      return [];
    }
    return [
      { line, severity: 'problem', message: `${plugin.name} is there already, and DevStack ends at the second.` },
    ];
  });
  return [...lacking, ...lineProblems('recipe.options.otherPlugins', findings)];
}

interface OwnPlugin {
  readonly name: string;
  readonly address: string;
  readonly branch: string | undefined;
}

/** They become words of bash in the machine, so nothing but plain names and addresses is taken. */
const PLUGIN =
  /^([A-Za-z][\w.-]{0,63})\s+((?:https?|git):\/\/[A-Za-z0-9][\w.:@%~+/-]{0,299})(?:\s+([A-Za-z0-9][\w./-]{0,99}))?$/;

function ownPlugins(text: string): { readonly line: number; readonly plugin: OwnPlugin | undefined }[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const [, name, address, branch] = PLUGIN.exec(line) ?? [];
    const plugin = name === undefined || address === undefined ? undefined : { name, address, branch };
    return [{ line: index + 1, plugin }];
  });
}
