/** Scripts that look for what a boot has taken away, and bring it back. */
import lost from './boot-lost.sh?raw';

/**
 * One script for both: what a check looks for is what a repair brings back.
 * @returns `NAME-check.sh` and `NAME.sh`, for a recipe's `scripts`
 */
export function checkAndRepair(name: string, script: string): Record<string, string> {
  return { [`${name}-check.sh`]: `fix=\n${lost}${script}`, [`${name}.sh`]: `fix=yes\n${lost}${script}` };
}
