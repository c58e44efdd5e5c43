// Runs writer.ts as a process of its own and kills it, without a warning, once it has acknowledged so many writes.
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

/** All that was acknowledged before the kill came through: at least `after` writes. */
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
    // The last line may have been cut off by the kill: then it counts for less than it said, which still holds.
    if (worker !== undefined && revision !== undefined && revision > 0)
      acknowledged.push({ worker, revision });
    if (acknowledged.length >= after) child.kill('SIGKILL');
  }
  if (acknowledged.length < after) throw new Error(`the writer ended after ${acknowledged.length} writes`);
  return acknowledged;
}

/** Starts a writer that is expected to give up by itself, and returns what it complained of. */
export async function complaintOf(path: string): Promise<{ code: number | null; complaint: string }> {
  const child = writer('commits', path, 'refused');
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
  const acknowledged = once(child.stdout, 'data').then(() => child.kill('SIGKILL'));
  await Promise.race([once(child, 'close'), acknowledged]);
  return { code: child.exitCode, complaint };
}

/** Calls `meanwhile` while a writer holds the path, then kills it. */
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
