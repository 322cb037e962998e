/**
 * One build, three parts (electron-vite): the back end for Electron and for plain Node, the preload script, the window.
 * The result is `out/`; packages stay outside the back end's bundles.
 */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';

// npm runs scripts in the project's folder; `import.meta.dirname` is that of electron-vite's own copy of this file.
const root = process.cwd();

export default defineConfig({
  main: {
    root,
    build: {
      target: 'node20',
      outDir: resolve(root, 'out/main'),
      externalizeDeps: true,
      rollupOptions: {
        input: {
          desktop: resolve(root, 'main/shells/desktop/index.ts'),
          cli: resolve(root, 'main/shells/cli/index.ts'),
        },
        output: { format: 'es' },
      },
    },
  },
  preload: {
    root,
    build: {
      outDir: resolve(root, 'out/preload'),
      rollupOptions: {
        input: { preload: resolve(root, 'main/shells/desktop/preload.ts') },
        // A sandboxed preload script must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(root, 'renderer'),
    plugins: [react()],
    build: {
      outDir: resolve(root, 'out/renderer'),
      minify: true,
      rollupOptions: { input: resolve(root, 'renderer/index.html') },
    },
  },
});
