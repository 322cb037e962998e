import type { LogSource } from '../../../main/contract/api';

/** In the order in which a person asks for them. */
export const logSources = ['install', 'cloud-init', 'console'] as const satisfies readonly LogSource[];
