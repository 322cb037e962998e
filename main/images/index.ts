/** Images: the catalogue, downloads and the cache that all clouds share. */
export { loadCatalogue, type CatalogueEntry, type Mirrors } from './catalogue';
export { createImageStore, type EnsureOptions, type ImageStore, type ImageStoreOptions } from './store';
export type { ImportInput } from './import';
