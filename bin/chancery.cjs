#!/usr/bin/env node
// Starts the chancery command: in the package the bundle, in the project its source. Old versions of Node can parse this
// file, so that they say in one line that they are too old.
'use strict';
var { existsSync } = require('fs');
var { join } = require('path');
var { pathToFileURL } = require('url');

/** As in package.json under "engines". */
var REQUIRED = [22, 13];

var version = process.versions.node.split('.').map(Number);
var emitWarning = process.emitWarning;

if (version[0] < REQUIRED[0] || (version[0] === REQUIRED[0] && version[1] < REQUIRED[1])) {
  console.error(
    'chancery needs Node ' +
      REQUIRED.join('.') +
      ' or later, and this is Node ' +
      process.versions.node +
      ': install a newer one from https://nodejs.org',
  );
  process.exitCode = 2;
} else {
  // Node before 24 calls SQLite experimental on every start. The archive is tested with it.
  process.emitWarning = function (warning) {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      emitWarning.apply(process, arguments);
  };
  var source = join(__dirname, 'chancery.ts');
  var runsSource = process.features.typescript && existsSync(source);
  var program = runsSource ? source : join(__dirname, '../dist/chancery.mjs');
  void import(pathToFileURL(program).href);
}
