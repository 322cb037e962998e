/** How every test starts Chromium: Debian's own, headless, asking nothing of the network. */
export const CHROMIUM = {
  executablePath: process.env['STACKBOX_CHROMIUM'] ?? '/usr/bin/chromium',
  // Root has no sandbox, build machines have no GPU, and nothing may be asked of the network.
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
};
