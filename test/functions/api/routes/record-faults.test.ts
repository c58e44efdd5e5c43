// A refused record of a batch has all its faults in one answer: fields, "@key" references, references and passages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  openTestArchive,
  seed,
  statementBody,
  type Seeded,
  type TestArchive,
} from '../../../support/archives/test-archive.ts';

let archive: TestArchive;
let seeded: Seeded;
beforeAll(async () => {
  archive = await openTestArchive();
  seeded = await seed(archive);
});
afterAll(() => archive.close());

const send = (records: unknown, more: object = {}) =>
  archive.post(`/articles/${seeded.article}/records?dryRun=true`, { records, ...more });
const actor = (key: string) => ({ kind: 'actor', key, body: { kind: 'person', name: key } });
const statement = (changes: object) => ({
  kind: 'statement',
  key: 'said',
  body: { ...statementBody(seeded), ...changes },
});

/** Returns code and pointer of each fault, including the first; each field counts once. */
function faultsIn({ type, errors = [], pointer, others = [] }: any): [string, string][] {
  const code = type.split(':').at(-1);
  const own = errors.length > 0 ? errors.map((each: any) => [code, each.pointer]) : [[code, pointer]];
  const rest = others.flatMap((each: any) =>
    each.errors ? each.errors.map((error: any) => [each.code, error.pointer]) : [[each.code, each.pointer]],
  );
  return [...own, ...rest];
}

describe('an invalid record of a batch', () => {
  test('an invalid record is refused with wrong fields, unknown keys, unknown ids and wrong passages together', async () => {
    const { body } = await send([
      actor('carla'),
      statement({
        speakers: [{ actor: '@carlo' }, { actor: 'actor-unknown' }],
        meetingId: '@talks',
        madeOn: 'yesterday',
        certainty: 'sure',
        evidence: [
          { exact: 'Peace is nera' },
          { exact: 'Peace is near' },
          { exact: 5 },
          { exact: 'The two ministers met' },
        ],
      }),
    ]);
    const { problem } = body.records[1];
    expect(faultsIn(problem).toSorted()).toEqual([
      ['invalid', '/certainty'],
      ['invalid', '/evidence/2/exact'],
      ['invalid', '/madeOn'],
      ['passage-ambiguous', '/evidence/1'],
      ['passage-not-found', '/evidence/0'],
      ['unknown-reference', '/meetingId'],
      ['unknown-reference', '/speakers/0/actor'],
      ['unknown-reference', '/speakers/1/actor'],
    ]);
    const nearest = problem.others.find(({ code }: any) => code === 'passage-not-found');
    expect(nearest.nearest.passage.exact).toContain('Peace is near');
  });

  test('a mistyped key is answered with the most similar one', async () => {
    const { body } = await send([actor('carla'), statement({ speakers: [{ actor: '@carlo' }] })]);
    expect(body.records[1].problem.detail).toBe(
      '/speakers/0/actor: @carlo is not the key of an earlier record; did you mean @carla?',
    );
  });

  test('a key is refused with the reason: it comes later, was refused, or is unknown', async () => {
    const { body } = await send([
      { ...actor('dora'), body: {} },
      statement({ speakers: [{ actor: '@later' }, { actor: '@dora' }, { actor: '@xyz' }] }),
      actor('later'),
    ]);
    const { detail, others } = body.records[1].problem;
    expect([detail, ...others.map((each: any) => each.detail)]).toEqual([
      '/speakers/0/actor: @later is the key of a later record: move that record before this one',
      '/speakers/1/actor: @dora was refused',
      '/speakers/2/actor: @xyz is not the key of an earlier record',
    ]);
  });

  test('missing content is reported even if a key is unknown', async () => {
    const { body } = await send([statement({ meetingId: '@talks', content: 'We shouted' })]);
    expect(faultsIn(body.records[0].problem).map(([code]) => code)).toEqual([
      'unknown-reference',
      'content-not-in-evidence',
    ]);
  });

  test('fields are checked even if the target of "of" is unknown', async () => {
    const { body } = await send([
      { ...statement({ madeOn: 'yesterday' }), key: 'refused' },
      { kind: 'correction', key: 'a', of: '@refused', body: { reason: 5, changes: {} } },
      {
        kind: 'held',
        key: 'b',
        of: '@nothing',
        body: { heldOn: 'then', evidence: [{ exact: 'Peace is nera' }] },
      },
      { kind: 'retraction', key: 'c', of: 'treaty-1', body: { reason: 'x' } },
    ]);
    const [, correction, held, retraction] = body.records.map(({ problem }: any) => faultsIn(problem));
    expect(correction).toEqual(
      expect.arrayContaining([
        ['invalid', '/reason'],
        ['unknown-reference', '/of'],
      ]),
    );
    expect(held.toSorted()).toEqual([
      ['invalid', '/heldOn'],
      ['passage-not-found', '/evidence/0'],
      ['unknown-reference', '/of'],
    ]);
    expect(retraction).toEqual([['invalid', '/of']]);
  });
});

describe('a key of an earlier call', () => {
  test('a key of an earlier call resolves to the sent id, and its record stays the same command', async () => {
    const path = `/articles/${seeded.article}/records`;
    const records = [actor('erik'), statement({ speakers: [{ actor: '@erik' }] })];
    const whole = await archive.post(path, { records });
    expect(whole.body.records.map(({ status }: any) => status)).toEqual([201, 201]);
    const earlier = { erik: whole.body.records[0].id };
    const alone = await archive.post(path, { records: [records[1]], earlier });
    expect(alone.body.records[0]).toMatchObject({ id: whole.body.records[1].id, replayed: true });
  });

  test('a key of an earlier call is distinguished from a refused one, and suggested for a mistyped one', async () => {
    const { body } = await send([statement({ speakers: [{ actor: '@frida' }], meetingId: '@sumit' })], {
      earlier: { frida: null, summit: seeded.meeting },
    });
    const { detail, others } = body.records[0].problem;
    expect(detail).toBe('/speakers/0/actor: @frida was refused');
    expect(others[0].detail).toBe(
      '/meetingId: @sumit is not the key of an earlier record; did you mean @summit?',
    );
  });

  test('a key of an earlier call cannot be used again, and must have an id as its value', async () => {
    const again = await send([actor('gala')], { earlier: { gala: seeded.anna } });
    expect([again.status, again.body.errors[0].pointer]).toEqual([422, '/records/0/key']);
    const wrong = await send([actor('gala')], { earlier: { hugo: 'treaty-1' } });
    expect([wrong.status, wrong.body.errors[0].pointer]).toEqual([422, '/earlier/hugo']);
  });
});
