// Tests that a record accepted by earlier rules stays valid and can be corrected field by field.
import { describe, expect, test } from 'vitest';
import type { NewEvent } from '../../../events/vocabulary.ts';
import { give, type Given } from '../../support/archives/desk-commands.ts';
import {
  TEXT,
  MET,
  meeting,
  statement,
  correction,
  deskWithArticle,
  asBefore,
  type DeskWithArticle,
} from '../../support/envoys.ts';
import { event } from '../../support/archives/written-history.ts';
import { refusalFrom } from '../../support/refusals.ts';

describe('a record that earlier rules accepted', () => {
  const old = ({ articleId }: DeskWithArticle): NewEvent =>
    event('MeetingHeld', {
      ...(meeting({ articleId } as DeskWithArticle)[3] as object),
      participants: [{ actor: 'actor-beck', printed: 'Donald Duck' }, { description: 'the King of France' }],
      outcome: 'They signed a peace treaty.',
      evidence: [{ articleId, exact: MET, start: 9, end: 9 + MET.length }],
    });

  test('a record that earlier rules accepted can be corrected in one field without a check of the others', async () => {
    const here = await deskWithArticle();
    await asBefore(here, 'meeting-m', old(here));
    const correct = (changes: object): Given => ['meeting', 'corrections', 'meeting-m', correction(changes)];
    expect((await refusalFrom(give(here.at, correct({ occasion: 'a ball' })))).code).toBe('not-in-source');
    expect(await give(here.at, correct({ occasion: 'Blinken-Lavrov talks' }))).toMatchObject({ revision: 2 });
    const participants = [
      { actor: 'actor-beck', printed: 'Donald Duck' },
      { description: 'the King of France', capacity: 'Secretary' },
    ];
    expect(await give(here.at, correct({ participants }))).toMatchObject({ revision: 3 });
  });

  test('a record that earlier rules accepted keeps direct words without quotation marks until they change', async () => {
    const here = await deskWithArticle();
    const words = 'They parted without a deal';
    const start = TEXT.indexOf(words);
    await asBefore(
      here,
      'statement-s',
      event('StatementMade', {
        ...(statement(here)[3] as object),
        content: words,
        evidence: [{ articleId: here.articleId, exact: words, start, end: start + words.length }],
      }),
    );
    const correct = (changes: object): Given => [
      'statement',
      'corrections',
      'statement-s',
      correction(changes),
    ];
    expect(await give(here.at, correct({ act: 'answered' }))).toMatchObject({ revision: 2 });
    expect(await give(here.at, correct({ speakers: [{ description: 'The editors' }] }))).toMatchObject({
      revision: 3,
    });
    expect((await refusalFrom(give(here.at, correct({ content: 'without a deal' })))).code).toBe(
      'not-quoted',
    );
    expect(await give(here.at, correct({ form: 'indirect' }))).toMatchObject({ revision: 4 });
  });

  test('a retry of a command that earlier rules accepted returns the first result', async () => {
    const here = await deskWithArticle();
    const key = { key: 'editor\nPOST\n/statements\n1' };
    const given = statement(here);
    const first = await give(here.at, given, key);
    await give(here.at, ['article', 'withdrawals', here.articleId, { reason: 'printed without leave' }]);
    expect(await give(here.at, given, key)).toEqual({ ...first, replayed: true });
  });
});
