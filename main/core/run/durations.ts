/** How long each step took on this computer, so that the next run of the same kind can say how long it will take. */
import { z } from 'zod';
import { readJson, writeJson } from '../store/atomic-json';

/** Runs that are remembered for each step; the median of five shrugs off one night of bad luck. */
const REMEMBERED = 5;

const durationsSchema = z.object({
  version: z.literal(1),
  /** Key of the series (recipe, image, acceleration) → step → durations in ms, newest last. */
  series: z.record(z.string(), z.record(z.string(), z.array(z.number().min(0)))),
});

export interface Durations {
  /** Median in ms, or `undefined` if the step was never seen. */
  expected(series: string, stepId: string): number | undefined;
  remember(series: string, stepId: string, ms: number): void;
  /** Writes what was remembered. */
  save(): Promise<void>;
}

/**
 * Reads the durations of earlier runs.
 * @param onDamaged told where a damaged file was put
 */
export async function openDurations(path: string, onDamaged: (setAside: string) => void): Promise<Durations> {
  const reading = await readJson(path, durationsSchema);
  if (reading.setAside !== undefined) onDamaged(reading.setAside);
  const series = reading.value?.series ?? {};
  return {
    expected(key, stepId) {
      return median(series[key]?.[stepId] ?? []);
    },
    remember(key, stepId, ms) {
      const steps = (series[key] ??= {});
      steps[stepId] = [...(steps[stepId] ?? []), ms].slice(-REMEMBERED);
    },
    save: () => writeJson(path, { version: 1, series }),
  };
}

/** The middle value; of an even number the lower of the two. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}
