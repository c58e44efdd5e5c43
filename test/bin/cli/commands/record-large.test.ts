// `chancery record` with a file that needs several calls. It records the whole file, refuses single lines, and can be
// repeated.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSampleArchive, type SampleArchive } from '../../../support/archives/sample-archive.ts';

let archive: SampleArchive;
beforeAll(async () => {
  archive = await openSampleArchive();
});
afterAll(() => archive.close());

const last = (text: string): string | undefined => text.trimEnd().split('\n').at(-1);
const record = async (name: string, lines: readonly object[], ...more: string[]) =>
  archive.cli(
    'record',
    await archive.file(name, lines.map((line) => JSON.stringify(line)).join('\n')),
    '--article',
    archive.article,
    ...more,
  );

const actors = Array.from({ length: 520 }, (_, index) => ({
  kind: 'actor',
  key: `member-${index}`,
  body: { kind: 'person', name: `Member ${index}` },
}));
const opinion = (key: string, actor: string) => ({
  kind: 'opinion',
  key,
  body: {
    by: { actor },
    standing: 'expert',
    publishedOn: '2023-03',
    content: 'Neither moved from the line he came with',
    form: 'indirect',
    language: 'en',
    certainty: 'asserted',
    evidence: [{ exact: 'Neither moved from the line he came with' }],
  },
});

describe('a large file of records', () => {
  const file = [...actors, opinion('line', '@member-0')];

  test('record --dry-run of a large file writes nothing, also if a line names a record of an earlier call', async () => {
    const { code, out } = await record('large.ndjson', file, '--dry-run');
    expect([code, last(out)]).toEqual([0, '521 would be recorded, 0 already there, 0 refused']);
    const { out: events } = await archive.cli('replay');
    expect(events.trimEnd().split('\n')).toHaveLength(27);
  });

  test('a large file can be recorded again, unchanged or with a new first line, without duplicates', async () => {
    const first = await record('large.ndjson', file);
    expect([first.err, first.code, last(first.out)]).toEqual([
      '',
      0,
      '521 recorded, 0 already there, 0 refused',
    ]);
    const again = await record('large.ndjson', file);
    expect(last(again.out)).toBe('0 recorded, 521 already there, 0 refused');
    const moved = await record('moved.ndjson', [{ ...actors[0], key: 'new' }, ...file]);
    expect(last(moved.out)).toBe('1 recorded, 521 already there, 0 refused');
  });

  test('the error for an unknown key suggests a similar key of an earlier call', async () => {
    for (const more of [[], ['--dry-run']]) {
      const { code, out } = await record('typo.ndjson', [...actors, opinion('typo', '@membr-7')], ...more);
      expect(code).toBe(1);
      expect(out.replaceAll(/\s+/g, ' ')).toContain(
        '@membr-7 is not the key of an earlier record; did you mean @member-',
      );
    }
  });

  test('record checks the form of all lines of a large file before it sends any', async () => {
    const wrong = [
      ...actors.map((each) => ({ ...each, key: `x${each.key}` })),
      { kind: 'actr', key: 'x', body: {} },
    ];
    const { code, out, err } = await record('wrong.ndjson', wrong);
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain('wrong.ndjson:521 /kind: must be one of');
    expect(err.replaceAll(/\s+/g, ' ')).toContain('did you mean actor?');
    const twice = await record('twice.ndjson', [...actors, actors[0] ?? {}]);
    expect([twice.code, twice.out]).toEqual([1, '']);
    expect(twice.err).toContain('twice.ndjson:521 /key');
  });
});
