/** All images: what the catalogue offers, what is in the cache, and what is on its way. */
import PQueue from 'p-queue';
import { StackboxError, type ErrorRecord } from '../contract/errors';
import type { Image } from '../contract/models';
import type { ImageFile } from '../hypervisors/driver';
import { openCache, type CachedImage, type ImageCache } from './cache';
import { throughMirrors, type CatalogueEntry, type Mirrors } from './catalogue';
import { fetchImage } from './fetch-image';
import { importImage, type ImportInput } from './import';
import { SharedWork, type Report, type WaitOptions } from './shared-work';
import { createSource } from './source';

export interface ImageStoreOptions {
  /** Folder of the cache; made if it is not there. Only one store may use it. */
  readonly folder: string;
  readonly catalogue: readonly CatalogueEntry[];
  readonly mirrors?: Mirrors;
  /** Called with the new state of an image, some hundred times during a download. */
  readonly onChange: (image: Image) => void;
  /** Names of the clouds whose disks need the image. */
  readonly usedBy: (imageId: string) => readonly string[];
  readonly maxDownloads?: number;
  /** Without a byte for this long (ms) a transfer has failed and is tried again. */
  readonly stallMs?: number;
  /** First pause (ms) before another try; it doubles with each failure in a row. */
  readonly pauseMs?: number;
  /** Bytes that a download must leave free on the disk. */
  readonly spareBytes?: number;
}

export type EnsureOptions = WaitOptions;

export interface ImageStore {
  list(): Promise<Image[]>;
  /** @throws StackboxError `not-found` */
  get(imageId: string): Promise<Image>;
  /**
   * The verified file, from the cache or downloaded now. Callers for the same image share one download.
   * @throws StackboxError `not-found`, `network`, `verification`, `no-room`, `storage`; the signal's reason when cancelled
   */
  ensure(imageId: string, options?: EnsureOptions): Promise<ImageFile>;
  /** Starts a download and answers at once. Its end is seen by `onChange`. */
  startDownload(imageId: string): Promise<Image>;
  /** Takes back `startDownload`. A download that a cloud waits for goes on. */
  cancel(imageId: string): Promise<Image>;
  /** Copies a file of the person's own into the cache. See `importImage` for what is refused. */
  importFile(input: ImportInput, options?: EnsureOptions): Promise<Image>;
  /**
   * Removes the file and everything half loaded.
   * @returns bytes freed
   * @throws StackboxError `not-found`, `busy` while it is downloaded, `conflict` while a cloud uses it
   */
  delete(imageId: string): Promise<number>;
  /** Ends all downloads; what was loaded is kept for the next time. */
  close(): Promise<void>;
}

const MIB = 1024 * 1024;

interface Live {
  readonly state: 'downloading' | 'verifying';
  readonly progress: number | undefined;
}

/** @throws StackboxError `storage` when the folder cannot be used */
export async function createImageStore(options: ImageStoreOptions): Promise<ImageStore> {
  return new Store(options, await openCache(options.folder));
}

class Store implements ImageStore {
  private readonly options: ImageStoreOptions;
  private readonly cache: ImageCache;
  private readonly entries: ReadonlyMap<string, CatalogueEntry>;
  private readonly source;
  private readonly queue: PQueue;
  private readonly work = new Map<string, SharedWork<ImageFile>>();
  private readonly background = new Map<string, AbortController>();
  private readonly live = new Map<string, Live>();
  private readonly failures = new Map<string, ErrorRecord>();

  constructor(options: ImageStoreOptions, cache: ImageCache) {
    this.options = options;
    this.cache = cache;
    this.entries = new Map(options.catalogue.map((entry) => [entry.id, throughMirrors(entry, options.mirrors ?? {})]));
    this.source = createSource(options.stallMs ?? 60_000);
    this.queue = new PQueue({ concurrency: options.maxDownloads ?? 2 });
  }

  async list(): Promise<Image[]> {
    const cached = this.cache.list().map(({ id }) => id);
    return Promise.all([...new Set([...this.entries.keys(), ...cached])].map((id) => this.get(id)));
  }

  async get(imageId: string): Promise<Image> {
    return this.describe(imageId, await this.cache.find(imageId));
  }

  async ensure(imageId: string, options: EnsureOptions = {}): Promise<ImageFile> {
    for (;;) {
      const cached = await this.cache.find(imageId);
      options.signal?.throwIfAborted();
      if (cached) return this.fileOf(cached);
      const work = this.work.get(imageId) ?? this.begin(imageId);
      if (!work.abandoned) return work.join(options);
      // Everybody left this one; it must let go of its file before the next begins.
      await work.settled();
    }
  }

  async startDownload(imageId: string): Promise<Image> {
    const image = await this.get(imageId);
    if (image.state === 'cached' || this.background.has(imageId)) return image;
    const controller = new AbortController();
    this.background.set(imageId, controller);
    void this.ensure(imageId, { signal: controller.signal })
      // The failure is kept with the image, where `begin` puts it.
      .catch(() => undefined)
      .finally(() => this.background.delete(imageId));
    return { ...image, state: 'downloading', error: undefined };
  }

  async cancel(imageId: string): Promise<Image> {
    const controller = this.background.get(imageId);
    if (controller) {
      const work = this.work.get(imageId);
      controller.abort();
      // The waiter leaves in its own turn; only after it the work knows whether anybody is left.
      await new Promise(setImmediate);
      if (work?.abandoned) await work.settled();
    }
    return this.get(imageId);
  }

  async importFile(input: ImportInput, options: EnsureOptions = {}): Promise<Image> {
    const image = await importImage(input, this.cache, this.spareBytes, options);
    this.changed(image.id);
    return this.describe(image.id, image);
  }

  async delete(imageId: string): Promise<number> {
    const image = await this.get(imageId);
    if (this.work.has(imageId) || this.background.has(imageId)) {
      throw new StackboxError('busy', `${image.title} is being downloaded.`, { hint: 'Cancel the download first.' });
    }
    if (image.usedBy.length > 0) {
      throw new StackboxError('conflict', `${image.title} is needed by ${image.usedBy.join(', ')}.`, {
        hint: 'Delete these clouds first.',
      });
    }
    const freed = await this.cache.remove(imageId);
    this.failures.delete(imageId);
    if (this.entries.has(imageId)) this.changed(imageId);
    return freed;
  }

  async close(): Promise<void> {
    const reason = new DOMException('Stackbox is closing.', 'AbortError');
    const all = [...this.work.values()];
    for (const work of all) work.abort(reason);
    await Promise.all(all.map((work) => work.settled()));
    await this.source.close();
  }

  private get spareBytes(): number {
    return this.options.spareBytes ?? 256 * MIB;
  }

  private begin(imageId: string): SharedWork<ImageFile> {
    const entry = this.entries.get(imageId);
    if (!entry) throw notFound(imageId);
    const work = new SharedWork((signal, report) => this.run(entry, signal, report));
    this.work.set(imageId, work);
    return work;
  }

  private async run(entry: CatalogueEntry, signal: AbortSignal, report: Report): Promise<ImageFile> {
    this.failures.delete(entry.id);
    const say = (state: Live['state'], progress: number | undefined, detail: string): void => {
      this.live.set(entry.id, { state, progress });
      this.changed(entry.id);
      report(progress, detail);
    };
    // One turn later, so that whoever began this work hears it too.
    await Promise.resolve();
    const { pauseMs = 1000 } = this.options;
    const { cache, source, spareBytes } = this;
    try {
      say('downloading', undefined, 'Waiting for another download');
      const fetching = this.queue.add(() => fetchImage({ entry, cache, source, signal, say, pauseMs, spareBytes }), {
        throwOnTimeout: true,
      });
      return this.fileOf(await fetching);
    } catch (error) {
      if (!signal.aborted) this.failures.set(entry.id, StackboxError.from(error).toRecord());
      throw error;
    } finally {
      this.live.delete(entry.id);
      this.work.delete(entry.id);
      this.changed(entry.id);
    }
  }

  /** The file with what the catalogue knows of its inside; of an imported one nothing is known. */
  private fileOf(image: CachedImage): ImageFile {
    const { processorLevel, buses } = this.entries.get(image.id) ?? {};
    return { ...this.cache.fileOf(image), ...(processorLevel && { processorLevel }), ...(buses && { buses }) };
  }

  private changed(imageId: string): void {
    const cached = this.cache.list().find(({ id }) => id === imageId);
    this.options.onChange(this.describe(imageId, cached));
  }

  private describe(imageId: string, cached: CachedImage | undefined): Image {
    const entry = this.entries.get(imageId);
    const known = entry ?? cached;
    if (!known) throw notFound(imageId);
    const live = this.live.get(imageId);
    const error = this.failures.get(imageId);
    const { id, title, os, release, user, url } = known;
    return {
      id,
      title,
      os,
      release,
      user,
      ...(url !== undefined && { url }),
      ...(entry?.downloadBytes !== undefined && { downloadBytes: entry.downloadBytes }),
      ...(cached && { virtualBytes: cached.virtualBytes, cachedBytes: cached.bytes }),
      state: cached ? 'cached' : (live?.state ?? (error ? 'failed' : 'absent')),
      ...(live?.progress !== undefined && { progress: live.progress }),
      imported: cached?.imported ?? false,
      usedBy: [...this.options.usedBy(imageId)],
      ...(error && { error }),
    };
  }
}

function notFound(imageId: string): StackboxError {
  return new StackboxError('not-found', `There is no image "${imageId}".`, { hint: 'See the list of images.' });
}
