const RETRY_MS = 500;

/**
 * Loads code of the window. Chromium breaks off every request when a network interface appears (ERR_NETWORK_CHANGED), and
 * making a cloud makes one; so a failure is tried once more.
 */
export async function loadTwice<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch {
    await new Promise((resolve) => {
      setTimeout(resolve, RETRY_MS);
    });
    return load();
  }
}
