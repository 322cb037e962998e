/** Images: the catalogue, downloads and the cache that all clouds share. */
export { loadCatalogue, type CatalogueEntry } from './catalogue';
export { createImageStore, type ImageStore, type ImageStoreOptions } from './store';
