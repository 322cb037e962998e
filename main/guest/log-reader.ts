/** Reading a log by byte offset: a piece at a time, as fast as the reader asks and no faster. */
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { CHUNK_BYTES, type LogChunk } from '../contract/api';

/** Reads at most `length` bytes from `offset` and says how long the log is; an absent log is empty. */
export type ReadBytes = (offset: number, length: number) => Promise<{ bytes: Uint8Array; size: number }>;

export interface LogRequest {
  /** Byte to begin at; negative: that many before the end. */
  readonly offset: number;
  /** At the end of the log: how long (ms) to wait for more. */
  readonly waitMs: number;
}

/** How often (ms) a log is looked at while somebody waits for more. */
const LOOK_EVERY = 300;

/**
 * One piece of the log, cut at whole characters. A log that became shorter (it was begun anew) is read from its start,
 * which the answer's `start` shows.
 */
export async function readLog(read: ReadBytes, request: LogRequest, signal?: AbortSignal): Promise<LogChunk> {
  const until = Date.now() + request.waitMs;
  for (;;) {
    const { size } = await read(0, 0);
    const start = startOf(request.offset, size);
    if (start < size) return chunkOf(await read(start, CHUNK_BYTES), start);
    if (Date.now() >= until || signal?.aborted) return { text: '', start, next: start, size };
    await sleep(Math.min(LOOK_EVERY, request.waitMs));
  }
}

function startOf(offset: number, size: number): number {
  if (offset < 0) return Math.max(0, size + offset);
  return offset > size ? 0 : offset;
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

/** A log on this computer. @throws Node's error when it is there but cannot be read */
export function localLog(path: string): ReadBytes {
  return async (offset, length) => {
    let file;
    try {
      file = await open(path, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
        return { bytes: new Uint8Array(), size: 0 };
      }
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
  };
}
