/** Reading a log by byte offset: a piece at a time, as fast as the reader asks and no faster. */
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHUNK_BYTES, type LogChunk } from '../contract/api';
import { logPart } from '../host/log-parts';

/** How long (ms) to wait at the end of a log for more of it. */
export interface LogPatience {
  readonly waitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads at most `length` bytes from `offset` and says how long the log is; an absent log is empty. At its very end it waits
 * as long as it was told to.
 */
export type ReadBytes = (
  offset: number,
  length: number,
  patience?: LogPatience,
) => Promise<{ bytes: Uint8Array; size: number }>;

export interface LogRequest {
  /** Byte to begin at; negative: that many before the end. */
  readonly offset: number;
  /** At the end of the log: how long (ms) to wait for more. */
  readonly waitMs: number;
}

/** How often (ms) a log on this computer is looked at while somebody waits for more. */
const LOOK_EVERY = 300;

/**
 * One piece of the log, cut at whole characters. A log that became shorter (it was begun anew) is read from its start,
 * which the answer's `start` shows.
 */
export async function readLog(read: ReadBytes, request: LogRequest, signal?: AbortSignal): Promise<LogChunk> {
  const { offset, waitMs } = request;
  const fromEnd = offset < 0;
  const start = fromEnd ? Math.max(0, (await read(0, 0)).size + offset) : offset;
  const piece = await read(start, CHUNK_BYTES, { waitMs, signal });
  if (piece.size < start) return chunkOf(await read(0, CHUNK_BYTES), 0);
  // A place counted from the end may be in the middle of a character; a place that we gave never is.
  const skipped = fromEnd && start > 0 ? brokenBytes(piece.bytes) : 0;
  return chunkOf({ bytes: piece.bytes.subarray(skipped), size: piece.size }, start + skipped);
}

/** Number of bytes at the beginning that belong to a character which began before. */
function brokenBytes(bytes: Uint8Array): number {
  const first = bytes.subarray(0, 3).findIndex((byte) => byte < 0x80 || byte >= 0xc0);
  return first < 0 ? 0 : first;
}

function chunkOf({ bytes, size }: { bytes: Uint8Array; size: number }, start: number): LogChunk {
  const whole = wholeCharacters(bytes);
  const text = new TextDecoder().decode(bytes.subarray(0, whole));
  return { text, start, next: start + whole, size: Math.max(size, start + bytes.length) };
}

/** Number of bytes up to the last whole UTF-8 character; at least one, so that garbage never stops the reader. */
export function wholeCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length - 1); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) break;
    if (byte < 0xc0) continue;
    const wanted = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return wanted > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

/** A log on this computer, with the files that it goes on in. @throws Node's error when it is there but cannot be read */
export function localLog(path: string): ReadBytes {
  return async (offset, length, { waitMs, signal } = { waitMs: 0 }) => {
    const until = Date.now() + waitMs;
    for (;;) {
      const piece = await readPiece(path, offset, length);
      const left = until - Date.now();
      if (piece.size !== offset || left <= 0 || signal?.aborted) return piece;
      await sleep(Math.min(LOOK_EVERY, left));
    }
  };
}

/** From one of the log's files at a time: the answer may be shorter than it could be. */
async function readPiece(path: string, offset: number, length: number): ReturnType<ReadBytes> {
  let size = 0;
  let bytes: Uint8Array = new Uint8Array();
  for (let part = 0; ; part++) {
    const wanted = bytes.length > 0 ? 0 : length;
    const piece = await readFilePiece(logPart(path, part), Math.max(0, offset - size), wanted);
    if (!piece) return { bytes, size };
    if (bytes.length === 0) bytes = piece.bytes;
    size += piece.size;
  }
}

async function readFilePiece(
  path: string,
  offset: number,
  length: number,
): Promise<{ bytes: Uint8Array; size: number } | undefined> {
  let file;
  try {
    file = await open(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const { size } = await file.stat();
    const buffer = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    return { bytes: buffer.subarray(0, bytesRead), size };
  } finally {
    await file.close();
  }
}
