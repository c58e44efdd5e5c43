// The rules of the architecture as pure functions over paths and source texts.
import { builtinModules } from 'node:module';
import { posix } from 'node:path';
import { importsOf, isBarrel, tokensOf, type Import, type Token } from './tokens.ts';

/** Each folder may import itself and the folders before it. */
const LAYERS = ['events', 'domain', 'adapters', 'functions', 'bin'];
/** Each of these folders imports only itself. */
const SEPARATE = new Set(['infra', 'tools']);
const PURE = new Set(['events', 'domain']);
/** The functions that proofs and signatures in the log need. */
const LOG_CRYPTO = new Set([
  'createHash',
  'hash',
  'sign',
  'verify',
  'createPublicKey',
  'createPrivateKey',
  'KeyObject',
]);
const GLOBALS = new Set([
  'process',
  'performance',
  'crypto',
  'globalThis',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
]);

/** Returns the violations of a file. `path` is relative to the root, with forward slashes. */
export function violations(path: string, source: string): string[] {
  const tokens = tokensOf(source);
  const imports = importsOf(tokens);
  const folder = path.split('/')[0] ?? '';
  const pure = PURE.has(folder);
  return [
    ...(/^(?:#!.*\n)?\/\/ \S/.test(source) ? [] : ['does not open with a comment that states its purpose']),
    ...(isBarrel(tokens) ? ['only re-exports other files'] : []),
    ...imports.flatMap((each) => wrongWay(path, folder, each)),
    ...(pure ? imports.flatMap((each) => impure(path, each)) : []),
    ...(pure ? impureGlobals(tokens) : []),
  ];
}

function wrongWay(path: string, folder: string, { from }: Import): string[] {
  if (folder === 'test' || folder === 'bench' || !from.startsWith('.')) return [];
  const target = posix.join(posix.dirname(path), from);
  const other = target.split('/')[0] ?? '';
  if (path.startsWith('bin/server/') && target.startsWith('bin/cli/'))
    return [`bin/server must not import ${target}`];
  const allowed = SEPARATE.has(folder) ? [folder] : LAYERS.slice(0, LAYERS.indexOf(folder) + 1);
  return allowed.includes(other) ? [] : [`${folder} must not import ${target}`];
}

function impure(path: string, { from, names }: Import): string[] {
  const sdk = /^(?:@aws|aws-|@smithy\/)/.test(from);
  if (!from.startsWith('node:') && !builtinModules.includes(from) && !sdk) return [];
  if (from === 'node:crypto' && path.startsWith('events/log/')) {
    return names.filter((name) => !LOG_CRYPTO.has(name)).map((name) => `must not use ${name} of ${from}`);
  }
  return [`must not import ${from}`];
}

/** Returns the uses of the clock, randomness and the environment, which pure code receives as arguments. */
function impureGlobals(tokens: readonly Token[]): string[] {
  return tokens.flatMap(({ kind, text }, index) => {
    const [before, next, second] = [
      tokens[index - 1]?.text,
      tokens[index + 1]?.text,
      tokens[index + 2]?.text,
    ];
    if (kind !== 'word' || before === '.' || before === '?.') return [];
    if (text === 'Math' && second === 'random') return ['must not use Math.random'];
    if (text === 'Date' && second === 'now') return ['must not use Date.now'];
    if (text === 'Date' && before === 'new' && (next !== '(' || second === ')')) {
      return ['must not use new Date() of the present'];
    }
    if (text === 'Date' && before !== 'new' && next === '(') return ['must not use Date() of the present'];
    const isMember = next === ':' && (before === '{' || before === ',' || before === ';');
    return GLOBALS.has(text) && !isMember ? [`must not use ${text}`] : [];
  });
}

/** Returns the import cycles of these files, each once, starting with the file that sorts first. */
export function cyclesIn(sources: ReadonlyMap<string, string>): string[] {
  const targets = new Map(
    Array.from(sources, ([path, source]) => [
      path,
      importsOf(tokensOf(source))
        .map(({ from }) => posix.join(posix.dirname(path), from))
        .filter((target) => sources.has(target)),
    ]),
  );
  const found = new Set<string>();
  const finished = new Set<string>();
  const walk = (path: string, from: readonly string[]): void => {
    const at = from.indexOf(path);
    if (at !== -1) {
      const cycle = from.slice(at);
      const first = cycle.indexOf(cycle.toSorted()[0] ?? path);
      found.add([...cycle.slice(first), ...cycle.slice(0, first)].join(' -> '));
    }
    if (at !== -1 || finished.has(path)) return;
    for (const target of targets.get(path) ?? []) walk(target, [...from, path]);
    finished.add(path);
  };
  for (const path of sources.keys()) walk(path, []);
  return [...found];
}

/** Returns the file names that several folders use. Adapters of one port have one name, after the port. */
export function doubleNames(paths: readonly string[]): string[] {
  const byName = Map.groupBy(
    paths.filter((path) => !path.startsWith('adapters/')),
    (path) => posix.basename(path),
  );
  return Array.from(byName.values())
    .filter((same) => same.length > 1)
    .map((same) => same.join(' and '));
}
