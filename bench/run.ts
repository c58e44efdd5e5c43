// Measures Chancery and its peers, and writes the tables into bench/README.md. With `embedded` or `dynamodb` it
// measures one table only. It installs the packages of the peers if they are missing.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { dynamodbTable } from './dynamodb-table.ts';
import { embeddedTable } from './embedded-table.ts';
import { env, peers } from './markdown.ts';

const ROTATIONS = 3;
/** The package that was added last, so an older installation lacks it. */
const NEWEST = 'node_modules/@castore/core';

if (!existsSync(join(peers, NEWEST))) {
  process.stderr.write('installing bench/peers; compiling sqlite3 takes one or two minutes\n');
  execFileSync('npm', ['ci'], { cwd: peers, env, stdio: ['ignore', 'ignore', 'inherit'] });
}
const [, , only] = process.argv;
if (only !== undefined && only !== 'embedded' && only !== 'dynamodb')
  throw new TypeError(`there is no bench ${only}: name embedded or dynamodb, or leave the name out for both`);
if (only !== 'dynamodb') embeddedTable(ROTATIONS);
if (only !== 'embedded') await dynamodbTable(ROTATIONS);
