/** Branches, distributions and sets of services: `releases.yaml`, checked and looked up. */
import { parse } from 'yaml';
import { z } from 'zod';
import { StackboxError } from '../../contract/errors';
import type { Image, PlanProblem } from '../../contract/models';
import text from './releases.yaml?raw';

const names = z.array(z.string());

const releasesSchema = z.strictObject({
  branches: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      distros: names,
      renamed: z.record(z.string(), z.string()).default({}),
    }),
  ),
  distros: z.array(z.strictObject({ os: z.string(), release: z.string(), name: z.string() })),
  groups: z.record(z.string(), names),
  presets: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      help: z.string(),
      groups: names,
      plugins: names.default([]),
      memoryMiB: z.int(),
    }),
  ),
  services: names,
});

export const releases = releasesSchema.parse(parse(text));

/** Every service name that DevStack itself knows. */
export const KNOWN_SERVICES: ReadonlySet<string> = new Set([
  ...Object.values(releases.groups).flat(),
  ...releases.branches.flatMap(({ renamed }) => Object.values(renamed)),
  ...releases.services,
]);

/** What a preset consists of. @throws StackboxError `internal` for an unknown one: options were checked before */
export function findPreset(id: string): (typeof releases.presets)[number] {
  const preset = releases.presets.find((one) => one.id === id);
  if (preset) return preset;
  throw new StackboxError('internal', `DevStack has no preset "${id}".`);
}

/** The services of a preset as a branch calls them, one list a group. */
export function servicesOf(presetId: string, branchName: string): string[][] {
  const renamed = releases.branches.find(({ name }) => name === branchName)?.renamed ?? {};
  return findPreset(presetId).groups.map((group) =>
    (releases.groups[group] ?? []).map((service) => renamed[service] ?? service),
  );
}

/** Why a branch does not run on an image, or `undefined` if it does. */
export function mismatch(branchName: string, image: Pick<Image, 'os' | 'release' | 'title'>): PlanProblem | undefined {
  const distro = releases.distros.find(({ os, release }) => os === image.os && release === image.release);
  const branch = releases.branches.find(({ name }) => name === branchName);
  if (!branch || (distro && branch.distros.includes(distro.name))) return undefined;
  const fitting = releases.branches.filter(({ distros }) => distro && distros.includes(distro.name));
  return {
    field: 'recipe.options.branch',
    message: `DevStack's branch ${branchName} does not support ${image.title}: stack.sh would refuse to run.`,
    hint:
      fitting.length > 0
        ? `Choose ${fitting.map(({ name }) => name).join(', ')}, or another image.`
        : 'Choose another image.',
    severity: 'problem',
  };
}
