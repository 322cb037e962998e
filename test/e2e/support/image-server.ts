/** Serves the test image as a vendor would: over HTTP, with ranges and a checksum file; and the catalogue that names it. */
import { createReadStream } from 'node:fs';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';

export interface ImageServer {
  /** Catalogue file with the one image `debian-12-test`. */
  readonly catalogue: string;
  close(): Promise<void>;
}

/**
 * @param image path of the qcow2 file; `<image>.sha512` stands beside it
 * @param folder where the catalogue file is written
 */
export async function serveImage(image: string, folder: string): Promise<ImageServer> {
  const { size } = await stat(image);
  const sums = await readFile(`${image}.sha512`, 'utf8');
  const server = createServer((request, response) => {
    if (request.url === '/SHA512SUMS') {
      response.end(sums);
      return;
    }
    if (request.url !== `/${basename(image)}`) {
      response.writeHead(404).end();
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    response.writeHead(from > 0 ? 206 : 200, {
      'content-length': size - from,
      'accept-ranges': 'bytes',
      etag: `"${size}"`,
      ...(from > 0 && { 'content-range': `bytes ${from}-${size - 1}/${size}` }),
    });
    createReadStream(image, { start: from }).pipe(response);
  });
  const port = await listen(server);
  const catalogue = join(folder, 'catalogue.json');
  await writeFile(
    catalogue,
    JSON.stringify({
      images: [
        {
          id: 'debian-12-test',
          title: 'Debian 12 (test)',
          os: 'debian',
          release: '12',
          url: `http://127.0.0.1:${port}/${basename(image)}`,
          checksum: { url: `http://127.0.0.1:${port}/SHA512SUMS` },
          user: 'debian',
          processorLevel: 1,
          downloadBytes: size,
        },
      ],
    }),
  );
  return {
    catalogue,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}
