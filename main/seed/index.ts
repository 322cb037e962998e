/** cloud-init documents and the NoCloud disk they travel on. */
export { writeIso } from './iso9660';
export { generateSshKey, type SshKey } from './ssh-keys';
export { buildSeed, previewSeed, type SeedDocuments } from './documents';
export { automaticSwapMiB, type SeedInput } from './input';
