// Prepares the target of an import. For a folder that is a sibling, which is renamed to CHANCERY_HOME once complete. So a
// failed import leaves nothing behind, and a killed one is resumed from the sibling.
import { copyFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolder, syncFolder } from '../../../adapters/files/folder.ts';
import { DatabaseInUse } from '../../../adapters/sqlite/database.ts';
import { readHead } from '../../../domain/log/head.ts';
import { ImportRefused, readTarget } from '../../../domain/log/import-log.ts';
import type { OpenedStores } from '../../server/run-archive.ts';
import { openEmbeddedArchive } from '../../server/embedded.ts';
import { settingsIn, type Environment } from '../../../functions/settings/settings.ts';
import { homeIn, openStoresIn } from './environment-stores.ts';

const KEY = 'log.key';
const DATABASE = 'archive.db';
const LOCK = 'archive.lock';
/** Names of an archive's files and folders. SQLite adds -wal and -shm to the names of databases. */
const OWN =
  /^(?:log\.key|archive\.lock|articles|log|views|read-models|(?:archive|views|read-models)\.db(?:-wal|-shm)?)$/;

/** Runs an import into the archive that the environment names. `run` resolves to `done` if the import is whole. */
export async function importInto<R extends { readonly done?: unknown }>(
  environment: Environment,
  create: boolean,
  run: (stores: OpenedStores) => Promise<R>,
): Promise<R> {
  const { CHANCERY_STORE: store, CHANCERY_ORIGIN: origin } = settingsIn(environment);
  if (store === 'embedded') return buildBeside(homeIn(environment), origin, run);
  // Tables and buckets cannot be renamed: an import that fails is resumed, and until then nothing is served from them.
  const { stores, close } = await openStoresIn(environment, create);
  try {
    return await run(stores);
  } finally {
    close();
  }
}

async function buildBeside<R extends { readonly done?: unknown }>(
  home: string,
  origin: string | undefined,
  run: (stores: OpenedStores) => Promise<R>,
): Promise<R> {
  const [staging, replaced] = [`${home}.importing`, `${home}.replaced`];
  await restore(home, replaced);
  await checkHome(home, replaced, origin);
  const { stores, close } = await openStaging(staging, home, origin);
  let isInPlace = false;
  try {
    const result = await run(stores).finally(close);
    if (result.done !== undefined) {
      // Meanwhile a server may have been started on this folder.
      await checkHome(home, replaced, origin);
      await replace(home, staging, replaced);
      isInPlace = true;
    }
    return result;
  } finally {
    if (!isInPlace) await rm(staging, { recursive: true, force: true });
  }
}

/** Reverts a replacement that a crash interrupted between its two renames. */
async function restore(home: string, replaced: string): Promise<void> {
  if ((await namesIn(replaced)) === undefined) return;
  if ((await namesIn(home)) === undefined) await rename(replaced, home);
  else await rm(replaced, { recursive: true });
}

/** @throws ImportRefused if the folder holds anything but an empty archive, or nothing but its key */
async function checkHome(home: string, replaced: string, origin: string | undefined): Promise<void> {
  const names = await namesIn(home);
  if (names === undefined) return;
  const others = names.filter((name) => !OWN.test(name));
  if (others.length > 0)
    throw new ImportRefused(
      `${home} holds other files (${others.join(', ')}): import into a folder of its own, with CHANCERY_HOME`,
    );
  if (names.includes(DATABASE)) {
    const { stores, close } = await openEmbeddedArchive(home, origin);
    try {
      await readTarget(stores);
    } finally {
      close();
    }
  } else if (names.some((name) => name !== KEY && name !== LOCK))
    throw new ImportRefused(
      `${home} holds parts of an archive (${names.join(', ')}) and no ${DATABASE}: import into another folder, with CHANCERY_HOME`,
    );
  // A mount point cannot be renamed; this test fails before hours of work.
  try {
    await rename(home, replaced);
    await rename(replaced, home);
  } catch (error) {
    throw new ImportRefused(
      `${home} cannot be replaced (${(error as Error).message}): import into a folder in it, with CHANCERY_HOME`,
      { cause: error },
    );
  }
}

/** Opens what a killed import left, or an empty archive with the key of `home`. */
async function openStaging(
  staging: string,
  home: string,
  origin: string | undefined,
): ReturnType<typeof openEmbeddedArchive> {
  await makeFolder(staging);
  try {
    await copyFile(join(home, KEY), join(staging, KEY)).catch(ignoreAbsent);
    const opened = await openEmbeddedArchive(staging, origin);
    const { importing, size } = await readHead(opened.stores.state);
    if (importing || size === 0) return opened;
    opened.close();
  } catch (error) {
    // Another import is using this folder.
    if (error instanceof DatabaseInUse) throw error;
    await rm(staging, { recursive: true });
    throw error;
  }
  // A complete import that was not renamed into place may be of another log.
  await rm(staging, { recursive: true });
  return openStaging(staging, home, origin);
}

async function replace(home: string, staging: string, replaced: string): Promise<void> {
  await rename(home, replaced).catch(ignoreAbsent);
  // A crash here leaves `home` under another name: the next import restores it.
  await rename(staging, home);
  await syncFolder(dirname(home));
  await rm(replaced, { recursive: true, force: true });
}

async function namesIn(folder: string): Promise<string[] | undefined> {
  try {
    return await readdir(folder);
  } catch (error) {
    ignoreAbsent(error);
    return undefined;
  }
}

function ignoreAbsent(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
