// What the operating system refuses is said in a sentence with the name of the file, folder or port.
import { describe, expect, test } from 'vitest';
import { exitCodeOf, failureText, systemSentence } from '../../../../bin/cli/text/failure-text.ts';
import { Refused, Unreachable } from '../../../../bin/cli/api-client.ts';
import { UsageError } from '../../../../bin/usage-error.ts';

describe('a system error', () => {
  test.each([
    ['ENOENT', 'open', 'the file or folder /srv/a does not exist'],
    ['ENOENT', 'mkdir', 'the folder /srv/a cannot be made'],
    ['EISDIR', 'read', '/srv/a is a folder'],
    ['ENOTDIR', 'mkdir', '/srv/a is not a folder'],
    ['EEXIST', 'mkdir', '/srv/a is not a folder'],
    ['EACCES', 'mkdir', 'this user may not write /srv/a: change its permissions'],
    ['EACCES', 'scandir', 'this user may not read /srv/a'],
    ['EPERM', 'open', 'this user may not'],
    ['EROFS', 'open', '/srv/a cannot be written: its disk is read-only'],
    ['ENOSPC', 'write', '/srv/a cannot be written: its disk is full'],
  ])('%s of %s names the path', (code, syscall, text) => {
    const said = systemSentence({ code, syscall, path: '/srv/a' });
    expect(said).toContain(text);
    expect(said).not.toMatch(/\bE[A-Z]{3,}\b/);
  });

  test.each([
    ['EADDRINUSE', 'port 3000 of 127.0.0.1 is in use'],
    ['EACCES', 'this user may not listen on port 3000'],
    ['EADDRNOTAVAIL', 'this machine has no address 127.0.0.1'],
  ])('%s of listening names the port or the address', (code, text) => {
    const said = systemSentence({ code, syscall: 'listen', port: 3_000, address: '127.0.0.1' });
    expect(said).toContain(text);
    expect(said).not.toContain(code);
  });

  test('that is rare is said in the words of the system', () => {
    expect(systemSentence({ code: 'EMFILE', errno: -24, path: '/srv/a' })).toBe(
      '/srv/a: too many open files',
    );
  });
});

test('an unforeseen error has no sentence, so that its stack is printed', () => {
  expect(failureText(new TypeError('x is not a function'))).toBeUndefined();
  expect(failureText(Object.assign(new Error('odd'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBeUndefined();
});

test.each([
  [new Refused(422, { detail: 'no' }), 1],
  [new Refused(503, { detail: 'busy' }), 3],
  [new Unreachable('nobody answers'), 3],
  [new UsageError('name a file'), 2],
])('the exit code says whose fault it is: %s', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
