/** Our copy of what the recipe's jobs said, one job after the other, so that it can be read when the machine is off. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { isMissing, storageError } from '../store/atomic-json';

export class InstallLog {
  private readonly file: FileHandle;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  /** Length of the copy in bytes; 0 when there is none yet. */
  static async size(path: string): Promise<number> {
    try {
      return (await stat(path)).size;
    } catch (error) {
      if (isMissing(error)) return 0;
      throw storageError(`${path} could not be read.`, error);
    }
  }

  /**
   * Opens the copy for one job. @param start byte at which this job's output begins; what stands behind it is replaced
   * @throws StackboxError `storage`
   */
  static async open(path: string, start: number): Promise<InstallLog> {
    try {
      const file = await open(path, 'a', 0o600);
      await file.truncate(Math.min(start, (await file.stat()).size));
      return new InstallLog(file);
    } catch (error) {
      throw storageError(`${path} could not be opened.`, error);
    }
  }

  async append(text: string): Promise<void> {
    await this.file.appendFile(text);
  }

  close(): Promise<void> {
    return this.file.close();
  }
}
