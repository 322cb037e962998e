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
  plugins: z.array(
    z.strictObject({
      id: z.string(),
      title: z.string(),
      help: z.string(),
      address: z.string().optional(),
      branch: z.string().optional(),
      /** Lines of `local.conf` without which it does not install. */
      settings: names.default([]),
      services: names.default([]),
      types: names.default([]),
      needs: names.default([]),
      groups: names.default([]),
      moreMemoryMiB: z.int().default(0),
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
  ...releases.plugins.flatMap(({ services }) => services),
]);

/** What a preset consists of. @throws StackboxError `internal` for an unknown one: options were checked before */
export function findPreset(id: string): (typeof releases.presets)[number] {
  const preset = releases.presets.find((one) => one.id === id);
  if (preset) return preset;
  throw new StackboxError('internal', `DevStack has no preset "${id}".`);
}

/** The services of a preset as a branch calls them, one list a group. */
export function servicesOf(presetId: string, branchName: string): string[][] {
  const renamed = findBranch(branchName)?.renamed ?? {};
  return findPreset(presetId).groups.map((group) =>
    (releases.groups[group] ?? []).map((service) => renamed[service] ?? service),
  );
}

/** Whether a branch runs on an image; `unknown` for a branch that Stackbox does not know. */
export function fits(branchName: string, image: Pick<Image, 'os' | 'release'>): 'yes' | 'no' | 'unknown' {
  const distro = distroOf(image);
  const branch = findBranch(branchName);
  if (!branch) return 'unknown';
  return distro && branch.distros.includes(distro.name) ? 'yes' : 'no';
}

/** A branch by its name, or by the one that it gets when OpenStack no longer maintains it. */
export function findBranch(name: string): (typeof releases.branches)[number] | undefined {
  return releases.branches.find((branch) => branch.name === name.replace(/^unmaintained\//, 'stable/'));
}

function distroOf(image: Pick<Image, 'os' | 'release'>): (typeof releases.distros)[number] | undefined {
  return releases.distros.find(({ os, release }) => os === image.os && release === image.release);
}

/** Why a branch does not run on an image, or may not, or `undefined` if it does. */
export function mismatch(branchName: string, image: Pick<Image, 'os' | 'release' | 'title'>): PlanProblem | undefined {
  const field = 'recipe.options.branch';
  const answer = fits(branchName, image);
  if (answer === 'yes') return undefined;
  if (answer === 'unknown') {
    return {
      field,
      message: `Stackbox does not know the branch ${branchName}, nor whether it supports ${image.title}.`,
      hint: 'If it does not, stack.sh says so after a few minutes.',
      severity: 'warning',
    };
  }
  const distro = distroOf(image);
  const fitting = releases.branches.filter(({ distros }) => distro && distros.includes(distro.name));
  return {
    field,
    message: `DevStack's branch ${branchName} does not support ${image.title}: stack.sh would refuse to run.`,
    hint:
      fitting.length > 0
        ? `Choose ${fitting.map(({ name }) => name).join(', ')}, or another image.`
        : 'Choose another image.',
    severity: 'problem',
  };
}
