// An error of the operating system becomes a sentence that names the file, folder or port.
import { expect, test } from 'vitest';
import { exitCodeOf, failureText, systemSentence } from '../../../../bin/cli/text/failure-text.ts';
import { Refused, Unreachable } from '../../../../bin/cli/api-client.ts';
import { UsageError } from '../../../../bin/usage-error.ts';

test.each([
  ['ENOENT', 'open', 'the file or folder /srv/a does not exist'],
  [
    'ENOENT',
    'mkdir',
    'the folder /srv/a cannot be created: its parent folder does not exist or is not writable',
  ],
  ['EISDIR', 'read', '/srv/a is a folder'],
  ['ENOTDIR', 'mkdir', '/srv/a is a file where a folder is needed'],
  ['EEXIST', 'mkdir', '/srv/a is a file where a folder is needed'],
  ['EACCES', 'mkdir', 'this user may not write /srv/a: change its permissions'],
  ['EACCES', 'scandir', 'this user may not read /srv/a'],
  ['EPERM', 'open', 'this user may not'],
  ['EROFS', 'open', '/srv/a cannot be written: its disk is read-only'],
  ['ENOSPC', 'write', '/srv/a cannot be written: its disk is full'],
])('the sentence for the system error %s of %s names the path', (code, syscall, text) => {
  const sentence = systemSentence({ code, syscall, path: '/srv/a' });
  expect(sentence).toContain(text);
  expect(sentence).not.toMatch(/\bE[A-Z]{3,}\b/);
});

test.each([
  ['EADDRINUSE', 'port 3000 of 127.0.0.1 is in use'],
  ['EACCES', 'this user may not listen on port 3000'],
  ['EADDRNOTAVAIL', 'this machine has no address 127.0.0.1'],
])('the sentence for the system error %s of listen names the port or the address', (code, text) => {
  const sentence = systemSentence({ code, syscall: 'listen', port: 3_000, address: '127.0.0.1' });
  expect(sentence).toContain(text);
  expect(sentence).not.toContain(code);
});

test('a rare system error is printed in the words of the operating system', () => {
  expect(systemSentence({ code: 'EMFILE', errno: -24, path: '/srv/a' })).toBe('/srv/a: too many open files');
});

test('an unexpected error has no sentence, so that its stack is printed', () => {
  expect(failureText(new TypeError('x is not a function'))).toBeUndefined();
  expect(failureText(Object.assign(new Error('odd'), { code: 'ERR_INVALID_ARG_TYPE' }))).toBeUndefined();
});

test.each([
  [new Refused(422, { detail: 'no' }), 1],
  [new Refused(503, { detail: 'busy' }), 3],
  [new Unreachable('no server answers'), 3],
  [new UsageError('name a file'), 2],
])('%s has exit code %i', (error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
