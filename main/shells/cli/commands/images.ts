/** The cache of cloud images. */
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { StackboxError } from '../../../contract/errors';
import { imageSchema, type Image } from '../../../contract/models';
import type { ApiClient } from '../../api';
import { command, withBackend, type Common } from '../command';
import { json, say, table, type Context, type Io } from '../io';
import { bytes } from '../words';

interface ImportOptions extends Common {
  readonly title: string;
  readonly os: Image['os'];
  readonly user: string;
}

export function addImages(program: Command, context: Context): void {
  const images = program.command('images').description('the cloud images on this computer and in the catalogue');

  command(images, 'list', 'list them (the default)', true).action(({ json: asJson }: Common) =>
    withBackend(context, async ({ api, io }) => {
      const all = await api.images.list();
      if (asJson) json(io, all);
      else table(io, ['ID', 'STATE', 'SIZE', 'TITLE'], all.map(rowOf));
    }),
  );

  command(images, 'download <id>', 'download one and verify it').action((imageId: string, { json: asJson }: Common) =>
    withBackend(context, async ({ api, io, backend }) => {
      await backend.share();
      await api.images.download({ imageId });
      const image = await untilCached(api, imageId, asJson ? undefined : io);
      if (asJson) json(io, image);
      else say(io, `${image.title} is on this computer.`);
    }),
  );

  command(images, 'import <file>', 'copy a disk image of your own into the cache')
    .requiredOption('--title <text>', 'name to show')
    .requiredOption('--user <name>', 'user that cloud-init sets up')
    .addOption(
      new Option('--os <family>', 'family of the system').choices(imageSchema.shape.os.options).default('other'),
    )
    .action((file: string, { title, os, user, json: asJson }: ImportOptions) =>
      withBackend(context, async ({ api, io }) => {
        const image = await api.images.import({ path: resolve(file), title, os, user });
        if (asJson) json(io, image);
        else say(io, `${image.title} is imported as ${image.id}.`);
      }),
    );

  command(images, 'delete <id>', 'delete one from the cache').action((imageId: string, { json: asJson }: Common) =>
    withBackend(context, async ({ api, io }) => {
      const { freedBytes } = await api.images.delete({ imageId });
      if (asJson) json(io, { imageId, freedBytes });
      else say(io, `${bytes(freedBytes)} came back.`);
    }),
  );
}

function rowOf({ id, state, title, cachedBytes, downloadBytes }: Image): string[] {
  const size = cachedBytes ?? downloadBytes;
  return [id, state, size === undefined ? '' : bytes(size), title];
}

/** @throws StackboxError the download's own; `not-found` when the image went away meanwhile */
async function untilCached(api: ApiClient, imageId: string, io: Io | undefined): Promise<Image> {
  const over = new AbortController();
  let told = -1;
  try {
    for await (const event of await api.events(undefined, { signal: over.signal })) {
      const image = event.type === 'snapshot' ? event.images.find(({ id }) => id === imageId) : imageIn(event, imageId);
      if (!image) continue;
      if (image.state === 'cached') return image;
      if (image.state === 'failed' && image.error) {
        const { code, message, hint } = image.error;
        throw new StackboxError(code, message, hint === undefined ? {} : { hint });
      }
      if (image.state === 'absent') throw new StackboxError('network', `The download of ${image.title} was cancelled.`);
      const tenth = Math.floor((image.progress ?? 0) * 10);
      if (io && tenth > told) say(io, `${image.state} ${image.title}: ${tenth * 10} %`);
      told = Math.max(told, tenth);
    }
  } finally {
    over.abort();
  }
  throw new StackboxError('unreachable', 'The running Stackbox ended.');
}

function imageIn(event: { type: string; image?: Image }, imageId: string): Image | undefined {
  return event.type === 'image' && event.image?.id === imageId ? event.image : undefined;
}
