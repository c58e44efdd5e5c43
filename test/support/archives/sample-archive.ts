// Serves an archive with the sample article and its records, and runs the `chancery` command with it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, serveArchive, type Ran } from '../servers/archive-process.ts';

export interface SampleArchive {
  readonly url: string;
  /** The folder of the archive. */
  readonly home: string;
  readonly article: string;
  /** Ids by the keys of the sample's records. */
  readonly ids: Readonly<Record<string, string>>;
  readonly cli: (...args: string[]) => Promise<Ran>;
  /** Writes a file next to the archive. Returns its path. */
  readonly file: (name: string, content: string | Uint8Array) => Promise<string>;
  readonly close: () => Promise<void>;
}

export const sample = (name: string): string => join(import.meta.dirname, '../../../bin/demo', name);

/** Serves the archive. `env` and `args` are those of `chancery serve`. */
export async function openSampleArchive(
  env: Record<string, string> = {},
  args: readonly string[] = [],
): Promise<SampleArchive> {
  const folder = await mkdtemp(join(tmpdir(), 'chancery-cli-'));
  const home = join(folder, 'home');
  const served = await serveArchive(home, env, args);
  const cli = (...args: string[]): Promise<Ran> => run('chancery.ts', args, { CHANCERY_URL: served.url });
  const archived = await cli('archive', sample('article.json'), '--json');
  const { id: article } = JSON.parse(archived.out) as { id: string };
  const { out } = await cli('record', sample('records.ndjson'), '--article', article, '--json');
  const { records } = JSON.parse(out) as { records: { key: string; id: string }[] };
  return {
    url: served.url,
    home,
    article,
    ids: Object.fromEntries(records.map(({ key, id }) => [key, id])),
    cli,
    file: async (name, content) => {
      await writeFile(join(folder, name), content);
      return join(folder, name);
    },
    close: async () => {
      await served.kill();
      await rm(folder, { recursive: true });
    },
  };
}
