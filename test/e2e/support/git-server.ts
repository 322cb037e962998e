/** Serves a folder as a git repository over HTTP, to the machines in Stackbox's own network of libvirt. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { takenSubnets } from '../../../main/network/routes';
import { addressAt, chooseSubnet } from '../../../main/network/subnets';

const execute = promisify(execFile);

export interface GitServer {
  /** What the recipe's option "Git server" takes; the repository is at `<base>/openstack/devstack`. */
  readonly base: string;
  /** Begins to answer: this computer has the address only once the first machine is attached to the network. */
  listen(): Promise<void>;
  close(): Promise<void>;
}

/**
 * @param source becomes the one commit
 * @param extra files beside it, by their names in the repository
 * @param folder for the repository
 */
export async function prepareGitServer(
  source: string,
  extra: Readonly<Record<string, string>>,
  branch: string,
  folder: string,
): Promise<GitServer> {
  await makeRepository(source, extra, branch, folder);
  const root = join(folder, 'git');
  const server = createServer((request, response) => {
    // Git's simple protocol: files as they lie there. A parameter asks for the clever one, and is passed over.
    const path = normalize(decodeURIComponent(new URL(request.url ?? '/', 'http://git').pathname));
    readFile(join(root, path)).then(
      (bytes) => response.end(bytes),
      () => response.writeHead(404).end(),
    );
  });
  const address = await addressOfThisComputer();
  const port = await freePort();
  return {
    base: `http://${address}:${port}`,
    async listen() {
      for (let attempt = 0; !(await tryToListen(server, address, port)); attempt++) {
        if (attempt > 60) throw new Error(`This computer did not get the address ${address} within a minute.`);
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function makeRepository(
  source: string,
  extra: Readonly<Record<string, string>>,
  branch: string,
  folder: string,
): Promise<void> {
  const tree = join(folder, 'git-tree');
  await cp(source, tree, { recursive: true });
  for (const [name, file] of Object.entries(extra)) await cp(file, join(tree, name));
  const git = async (...args: string[]): Promise<void> => {
    await execute('git', ['-C', tree, '-c', 'user.name=Stackbox', '-c', 'user.email=test@stackbox.invalid', ...args]);
  };
  await git('init', '--quiet', `--initial-branch=${branch}`);
  await git('add', '--all');
  await git('commit', '--quiet', '--message=A stand-in for DevStack');
  const bare = join(folder, 'git/openstack/devstack');
  await git('clone', '--quiet', '--bare', '.', bare);
  await execute('git', ['-C', bare, 'update-server-info']);
}

/** In the network that is there, or in the one that Stackbox will make, by the rule that it uses itself. */
async function addressOfThisComputer(): Promise<string> {
  const { stdout } = await execute('virsh', ['-c', 'qemu:///system', 'net-list', '--all', '--name']);
  if (stdout.split('\n').some((name) => name.trim() === 'stackbox')) {
    const network = await execute('virsh', ['-c', 'qemu:///system', 'net-dumpxml', 'stackbox']);
    const address = /<ip [^>]*address='([\d.]+)'/.exec(network.stdout)?.[1];
    if (address !== undefined) return address;
  }
  return addressAt(chooseSubnet(await takenSubnets()), 1);
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function tryToListen(server: Server, address: string, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const refused = (error: NodeJS.ErrnoException): void => {
      server.off('listening', listens);
      if (error.code === 'EADDRNOTAVAIL') resolve(false);
      else reject(error);
    };
    const listens = (): void => {
      server.off('error', refused);
      resolve(true);
    };
    server.once('error', refused).once('listening', listens).listen(port, address);
  });
}
