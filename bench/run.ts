// Measures Chancery beside its peers and writes the tables into bench/README.md: `node bench/run.ts`, or with `embedded`
// or `dynamodb` one of the two. The peers' packages are installed where they are missing; nothing else needs them.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dynamodbTable } from './dynamodb-table.ts';
import { embeddedTable } from './embedded-table.ts';
import { env, peers } from './markdown.ts';

const ROTATIONS = 3;
/** The newest of them: an older installation lacks it. */
const NEWEST = 'node_modules/@castore/core';

if (!existsSync(join(peers, NEWEST))) {
  process.stderr.write('installing bench/peers (sqlite3 is compiled: a minute or two)\n');
  execFileSync('npm', ['ci'], { cwd: peers, env, stdio: ['ignore', 'ignore', 'inherit'] });
}
const [, , only] = process.argv;
if (only !== undefined && only !== 'embedded' && only !== 'dynamodb')
  throw new TypeError(`there is no bench ${only}: name embedded or dynamodb, or none for both`);
if (only !== 'dynamodb') embeddedTable(ROTATIONS);
if (only !== 'embedded') await dynamodbTable(ROTATIONS);
