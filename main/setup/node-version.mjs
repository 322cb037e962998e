/** The oldest Node that everything runs on. */
const LEAST = [20, 19];

/**
 * @param {string} version as `process.versions.node`
 * @returns {string | undefined} what to tell the person when it is too old
 */
export function tooOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = LEAST;
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `Stackbox needs Node ${LEAST.join('.')} or newer, and this is Node ${version}.`;
}
