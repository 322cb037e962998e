/** Names that the preload script and the main process share. */
export const PORT_CHANNEL = 'stackbox-port';
