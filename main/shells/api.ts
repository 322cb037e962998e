/** The API as the shells call it. */
import type { ContractRouterClient } from '@orpc/contract';
import type { Contract } from '../contract/api';

/** The same calls, whether the core is in this process or behind a socket. */
export type ApiClient = ContractRouterClient<Contract>;
