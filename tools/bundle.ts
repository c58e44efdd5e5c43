// Builds dist/, the JavaScript of the package with all libraries. `npm pack` runs it first.
import { build, type Metafile } from 'esbuild';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'dist');

await rm(OUT, { recursive: true, force: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  // One folder, because code finds the worker and the demonstration relative to `import.meta.url`.
  entryPoints: [
    { in: 'bin/chancery.ts', out: 'chancery' },
    { in: 'bin/server/rebuild-worker.ts', out: 'rebuild-worker' },
  ],
  outdir: OUT,
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.13',
  minify: true,
  keepNames: true,
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
  banner: {
    // CommonJS libraries call `require` for Node's own modules.
    js: "import { createRequire as nodeRequire } from 'node:module'; const require = nodeRequire(import.meta.url);",
  },
});
await cp(join(ROOT, 'bin/demo'), join(OUT, 'demo'), { recursive: true });
await writeFile(join(OUT, 'LICENSES.txt'), await licensesOf(metafile));

/** Returns the licence texts of all bundled libraries, because most licences require it. */
async function licensesOf({ inputs }: Metafile): Promise<string> {
  const folders = Object.keys(inputs).flatMap(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? [],
  );
  const texts = [...new Set(folders)].toSorted().map(async (folder) => {
    const { name, version, license } = JSON.parse(
      await readFile(join(ROOT, folder, 'package.json'), 'utf8'),
    ) as { name: string; version: string; license: string };
    const file = (await readdir(join(ROOT, folder))).find((each) => /^licen[cs]e/i.test(each));
    const text = file === undefined ? '' : await readFile(join(ROOT, folder, file), 'utf8');
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join(`\n${'-'.repeat(80)}\n\n`);
}
