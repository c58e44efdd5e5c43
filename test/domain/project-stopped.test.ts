// What stops a view, and what a stopped view does: it keeps serving what it has, says where it stopped and why, holds
// up nobody else, and goes on once its fold can.
import { describe, expect, test } from 'vitest';
import type { Table } from '../../domain/ports.ts';
import { catchUp } from '../../domain/project.ts';
import { liveCheckpoint, readProjection } from '../../domain/projections.ts';
import { views } from '../../domain/views/all.ts';
import type { RowChange, View } from '../../domain/views/view.ts';
import { apart, foldPlainly, projected, publish, rowsOf, standing } from '../support/projected.ts';
import { randomHistory } from '../support/random-history.ts';

const entries = randomHistory(1, 30);

const readCheckpoint = async (views: Table, view: View) => liveCheckpoint(await readProjection(views, view));

/** A row for each event; at one position it gives these changes instead, or throws. */
function oddAt(at: number, odd: () => RowChange[]): View {
  return {
    name: 'odd',
    version: 1,
    fold: ({ id }, row, { position }) => {
      const count = row<{ count: number }>('all', 'count')?.count ?? 0;
      if (position === at) return odd();
      return [
        { partition: 'all', sort: 'count', body: { count: count + 1 } },
        { partition: 'events', sort: id, body: { position } },
      ];
    },
  };
}

const broken = (): never => {
  throw new Error('no such actor');
};

const brokenOtherwise = (): never => {
  throw new TypeError('another fault');
};

async function caughtUp(view: View, given = entries) {
  const of = projected();
  await publish(of, given);
  const stopped = await catchUp(of, view);
  return { of, stopped };
}

const large = (bytes: number) => ({ text: 'é'.repeat((bytes - 11) / 2) });

describe('an event that a view cannot fold', () => {
  test.each([0, 1, 17, 29])('stops it there, at position %i, with the reason', async (at) => {
    const { of, stopped } = await caughtUp(oddAt(at, broken));
    expect(stopped).toEqual({ position: at, reason: 'no such actor' });
    expect(await readCheckpoint(of.views, oddAt(at, broken))).toMatchObject({ next: at, stopped });
  });

  test('leaves what was folded before it, and nothing after', async () => {
    const view = oddAt(17, broken);
    const { of } = await caughtUp(view);
    const expected = foldPlainly(oddAt(-1, broken), entries)[16];
    expect(standing(rowsOf(of.views, view))(16)).toBe(expected);
    expect(standing(rowsOf(of.views, view))(29)).toBe(expected);
  });

  test('is tried again each time, to the same end, and nothing more is written', async () => {
    const view = oddAt(17, broken);
    const { of, stopped } = await caughtUp(view);
    const before = [of.views.items(), await readCheckpoint(of.views, view)];
    for (let run = 0; run < 3; run++) expect(await catchUp(of, view)).toEqual(stopped);
    expect([of.views.items(), await readCheckpoint(of.views, view)]).toEqual(before);
  });

  test('stops no other view', async () => {
    const { of } = await caughtUp(oddAt(17, broken));
    for (const view of views) {
      expect(await catchUp(of, view)).toBeUndefined();
      expect(await readCheckpoint(of.views, view)).toMatchObject({ next: 30 });
    }
  });

  test('is folded once the fold can, and the view goes on as if it had never stopped', async () => {
    const { of } = await caughtUp(oddAt(17, broken));
    await publish(of, randomHistory(1, 45).slice(30));
    expect(await catchUp(of, oddAt(17, broken))).toMatchObject({ position: 17 });
    const mended = oddAt(-1, broken);
    expect(await catchUp(of, mended)).toBeUndefined();
    const fresh = await caughtUp(mended, randomHistory(1, 45));
    expect(apart(of.views.items())).toEqual(apart(fresh.of.views.items()));
    expect((await readCheckpoint(of.views, mended)).stopped).toBeUndefined();
  });

  test('further on is reported in place of the one that can be folded now', async () => {
    const { of } = await caughtUp(oddAt(17, broken));
    expect(await catchUp(of, oddAt(21, brokenOtherwise))).toEqual({ position: 21, reason: 'another fault' });
    expect(await readCheckpoint(of.views, oddAt(21, brokenOtherwise))).toMatchObject({
      next: 21,
      stopped: { position: 21 },
    });
  });

  test('stops it also where the bytes are no event that this build knows', async () => {
    const garbage = Buffer.from(
      '{"specversion":"2.0","type":"Odd","subject":"meeting-odd","time":"2023-03-03T12:00:00.000Z","revision":1,"n":1,"of":1}',
    );
    const of = projected();
    await publish(of, [...entries.slice(0, 5), garbage, ...entries.slice(5)]);
    for (const view of views) {
      expect(await catchUp(of, view)).toMatchObject({
        position: 5,
        reason: expect.stringContaining('cannot be read'),
      });
      expect(await readCheckpoint(of.views, view)).toMatchObject({ next: 5 });
    }
  });
});

describe('a row over 32 KB', () => {
  test('stops the view, which says which row and how large', async () => {
    const { stopped } = await caughtUp(
      oddAt(17, () => [{ partition: 'all', sort: 'large', body: large(32_769) }]),
    );
    expect(stopped?.position).toBe(17);
    expect(stopped?.reason).toContain('row all large ');
    expect(stopped?.reason).toContain('32769');
  });

  test('is one by its bytes: 32,768 are folded', async () => {
    const view = oddAt(17, () => [{ partition: 'all', sort: 'large', body: large(32_767) }]);
    const { of, stopped } = await caughtUp(view);
    expect(stopped).toBeUndefined();
    const row = rowsOf(of.views, view).find(({ sort }) => sort === 'large');
    expect(Buffer.byteLength(JSON.stringify(row?.body))).toBe(32_767);
  });

  test('takes the whole event with it: no other row shows what it changed', async () => {
    const view = oddAt(17, () => [
      { partition: 'all', sort: 'count', body: { count: -1 } },
      { partition: 'all', sort: 'stray', body: {} },
      { partition: 'all', sort: 'large', body: large(40_001) },
    ]);
    const { of, stopped } = await caughtUp(view);
    expect(stopped?.position).toBe(17);
    expect(standing(rowsOf(of.views, view))(17)).toBe(foldPlainly(oddAt(-1, broken), entries)[16]);
    expect(await catchUp(of, oddAt(-1, broken))).toBeUndefined();
    const undisturbed = await caughtUp(oddAt(-1, broken));
    expect(apart(of.views.items())).toEqual(apart(undisturbed.of.views.items()));
  });
});
