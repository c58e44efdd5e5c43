// Runs writer.ts as a process and kills it after a number of acknowledged writes.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Acknowledged {
  readonly worker: number;
  readonly revision: number;
}

const writer = (what: 'commits' | 'blobs' | 'rows', path: string, seed: string) =>
  spawn(process.execPath, [join(import.meta.dirname, 'writer.ts'), what, path, seed], { stdio: 'pipe' });

/** Returns all writes that were acknowledged before the kill: at least `after`. */
export async function writeAndKill(
  what: 'commits' | 'blobs' | 'rows',
  path: string,
  seed: string,
  after: number,
): Promise<Acknowledged[]> {
  const child = writer(what, path, seed);
  child.stderr.pipe(process.stderr);
  const acknowledged: Acknowledged[] = [];
  for await (const line of createInterface(child.stdout)) {
    const [worker, revision] = line.split(' ').map(Number);
    // The kill may have cut the last line. Its number is then too small, but still acknowledged.
    if (worker !== undefined && revision !== undefined && revision > 0)
      acknowledged.push({ worker, revision });
    if (acknowledged.length >= after) child.kill('SIGKILL');
  }
  if (acknowledged.length < after) throw new Error(`the writer ended after ${acknowledged.length} writes`);
  return acknowledged;
}

/** Starts a writer that is expected to exit by itself, and returns its error output. */
export async function complaintOf(path: string): Promise<{ code: number | null; complaint: string }> {
  const child = writer('commits', path, 'refused');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
  const acknowledged = once(child.stdout, 'data').then(() => child.kill('SIGKILL'));
  await Promise.race([once(child, 'close'), acknowledged]);
  return { code: child.exitCode, complaint };
}

/** Calls `meanwhile` while a writer holds the path, and then kills the writer. */
export async function whileWriting(path: string, meanwhile: () => void): Promise<void> {
  const child = writer('commits', path, 'holder');
  const closed = once(child, 'close');
  try {
    await once(child.stdout, 'data');
    meanwhile();
  } finally {
    child.kill('SIGKILL');
    await closed;
  }
}
