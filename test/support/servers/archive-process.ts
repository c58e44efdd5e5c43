// Runs the embedded archive as a separate process, and the `chancery` command, as users run them.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';

// Processes start slowly on a busy machine, so tests that start some get a long timeout.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const bin = (name: string): string => join(import.meta.dirname, '../../../bin', name);

/** Returns the minimal environment of a program, so that a test does not depend on the environment of its runner. */
const environment = (more: Record<string, string>): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  TZ: 'Asia/Kathmandu',
  ...more,
});

export interface ArchiveProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Returns its error output so far. */
  readonly complaints: () => string;
  /** Kills the process and waits for its end. */
  readonly kill: () => Promise<void>;
  /** Stops the process. Resolves to its exit code. */
  readonly stop: () => Promise<number | null>;
}

/** Serves the archive of this folder on a free port. @throws Error with its error output if it ends instead */
export async function serveArchive(
  home: string,
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<ArchiveProcess> {
  const child = spawn(process.execPath, [bin('chancery.ts'), 'serve', ...args], {
    env: environment({ CHANCERY_HOME: home, PORT: '0', ...env }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
  const closed = once(child, 'close');
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    child.kill(signal);
    await closed;
    return child.exitCode;
  };
  for await (const line of createInterface(child.stdout)) {
    const url = /^Chancery serves .* at (http:\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return {
      url,
      child,
      complaints: () => complaints,
      kill: async () => void (await end('SIGKILL')),
      stop: () => end('SIGTERM'),
    };
  }
  await closed;
  throw new Error(`the archive ended with ${child.exitCode}: ${complaints}`);
}

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  /** The current folder of the program. */
  readonly cwd?: string;
  /** The standard input. */
  readonly input?: string | Uint8Array;
  /** A file descriptor for the standard output, which is then not read. */
  readonly stdout?: number;
}

/** Runs one of the programs in bin/ to its end. */
export async function run(
  program: 'chancery.ts',
  args: readonly string[],
  env: Record<string, string>,
  { cwd, input, stdout }: RunOptions = {},
): Promise<Ran> {
  const child: ChildProcess = spawn(process.execPath, [bin(program), ...args], {
    env: environment(env),
    stdio: [input === undefined ? 'ignore' : 'pipe', stdout ?? 'pipe', 'pipe'],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  child.stdin?.end(input);
  await once(child, 'close');
  return { code: child.exitCode, out, err };
}
