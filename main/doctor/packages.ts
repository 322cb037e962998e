/** The command that installs a hypervisor on this computer. `npm start` reads the same table. */
import { z } from 'zod';
import type { Finding } from '../contract/models';
import type { HostFacts } from '../host/facts';
import table from '../setup/packages.json';

const entrySchema = z.object({
  title: z.string(),
  ids: z.array(z.string()),
  root: z.boolean(),
  commands: z.array(z.array(z.string()).min(1)).min(1),
});
const packages = Object.entries(z.record(z.string(), entrySchema).parse(table.hypervisor));

/** @returns `undefined` for a distribution that the table does not know */
export function installHypervisor({ platform, distribution }: HostFacts): Finding['fix'] {
  const names = platform === 'linux' ? [distribution?.id ?? '', ...(distribution?.like ?? [])] : [platform];
  const entry = names.flatMap((name) =>
    packages.filter(([key, { ids }]) => key === name || ids.includes(name)),
  )[0]?.[1];
  // The last command installs; those before it only refresh lists, which `npm start` does as well.
  const argv = entry?.commands.at(-1);
  return entry && argv && { title: `Install a hypervisor on ${entry.title}`, argv, root: entry.root };
}
