// Progress bars of concurrent processes: each line fits the terminal, and all have the same columns.
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { progressBars, type BarState } from '../../../../bin/cli/text/progress.ts';

const UNDER_WAY: BarState = {
  phase: 'comparing',
  done: 20_031,
  total: 1_000_000,
  count: '20031/1000000',
  rate: '10,345/s',
  left: '1234 s left',
};

/** Returns the last lines that a terminal with this number of columns shows. */
function linesAt(columns: number, states: Readonly<Record<string, readonly BarState[]>>): string[] {
  const terminal = Object.assign(new PassThrough(), { isTTY: true, columns });
  const bars = progressBars(terminal);
  for (const [name, all] of Object.entries(states)) for (const state of all) bars.update(name, state);
  bars.stop();
  const lines = stripVTControlCharacters(String(terminal.read())).split('\n');
  return lines.slice(0, -1);
}

test('at 80 columns a progress bar is followed by the count, the rate, the time left and the phase', () => {
  expect(linesAt(80, { timeline: [UNDER_WAY] })).toEqual([
    'timeline ░░░░░░░░░░░░   2% | 20031/1000000 | 10,345/s | 1234 s left | comparing',
  ]);
});

test('a long name replaces the progress bar, and is cut before other columns are left out', () => {
  const [line = ''] = linesAt(80, { 'a-read-model-with-a-long-name-of-its-own': [UNDER_WAY] });
  expect(line).toBe('a-read-model-with-a-…   2% | 20031/1000000 | 10,345/s | 1234 s left | comparing');
});

test('at 40 columns a progress bar is reduced to its name, percentage, time left and phase', () => {
  expect(linesAt(40, { timeline: [UNDER_WAY] })).toEqual(['timeline   2% | 1234 s left | comparing']);
});

test.each([1, 2, 10, 20, 39, 40, 41, 60, 79, 80, 81, 120, 300])(
  'no line of a progress bar is wider than %i columns',
  (columns) => {
    for (const line of linesAt(columns, {
      topics: [UNDER_WAY],
      'a-read-model-with-a-long-name': [UNDER_WAY],
    }))
      expect(line.length).toBeLessThan(columns);
  },
);

test('progress bars below one another have the same length, also if some have no rate or time left', () => {
  const lines = linesAt(100, { topics: [UNDER_WAY], timeline: [{ phase: 'folding', done: 0, total: 1 }] });
  expect(lines.map((line) => line.replace(/ {1,3}\d+%.*/, ''))).toEqual([
    `topics   █${'░'.repeat(31)}`,
    `timeline ${'░'.repeat(32)}`,
  ]);
});

test('a progress bar is empty if the total is zero, and a new phase keeps no values of the phase before', () => {
  expect(linesAt(80, { topics: [{ phase: 'folding', done: 0, total: 0 }] })).toEqual([
    expect.stringMatching(/^topics ░+ {3}0% \| folding$/),
  ]);
  expect(linesAt(80, { topics: [UNDER_WAY, { phase: 'switching', done: 0, total: 1 }] })).toEqual([
    expect.stringMatching(/^topics ░+ {3}0% \| switching$/),
  ]);
});
