// Text for a terminal, at 80 columns and at 200.
import stringWidth from 'string-width';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { resultText } from '../../../../bin/cli/commands/record.ts';
import { columns, isOneLine, itemLine, labelled, message, wrap } from '../../../../bin/cli/text/print.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

const widest = (text: string): number => Math.max(...text.split('\n').map((line) => stringWidth(line)));
const at = (width: number): void => {
  vi.stubEnv('COLUMNS', String(width));
};

test('the width is that of the terminal, else COLUMNS, else unlimited', () => {
  expect(columns({ isTTY: true, columns: 132 }, '200')).toBe(132);
  expect(columns({}, '200')).toBe(200);
  for (const value of [undefined, '', 'x', '0', '-5']) expect(columns({}, value)).toBeUndefined();
  expect(columns({}, '3')).toBe(40);
});

const latin = 'The ministers met, and both said afterwards that the talks had been useful. '.repeat(5);
const chinese = '两国外长举行会晤并就双方共同关心的问题交换了意见'.repeat(8);

describe.each([40, 80, 200])('at %d columns', (width) => {
  test.each([
    ['Latin', latin],
    ['Chinese', chinese],
    ['mixed', `${latin} ${chinese} 👩‍🚀👩‍🚀👩‍🚀 ${latin}`],
  ])(`no line of wrapped %s text is wider than ${width} columns, or than 100`, (_, text) => {
    at(width);
    const wrapped = wrap(text, 4, 2);
    expect(widest(wrapped)).toBeLessThanOrEqual(Math.min(width, 100));
    expect(wrapped.replaceAll(/\s+/g, '')).toBe(text.replaceAll(/\s+/g, ''));
    expect(widest(labelled([['Participants', text]]).join('\n'))).toBeLessThanOrEqual(Math.min(width, 100));
  });

  test(`an id is not broken at ${width} columns`, () => {
    at(width);
    const id = `article-${'0'.repeat(64)}`;
    expect(wrap(`in ${id} there`, 6)).toContain(id);
    expect(labelled([['Evidence', `“x” · ${id} 1–2`]]).join('\n')).toContain(id);
  });

  test(`an item of a list is on one line at ${width} columns only if it fits`, () => {
    at(width);
    const item = itemLine(`3 March 2023   ${latin.slice(0, 100)}`, `statement-${'x'.repeat(36)}`);
    expect(widest(item)).toBeLessThanOrEqual(Math.max(width, 50));
    expect(isOneLine(item)).toBe(width === 200);
  });
});

test('an id that does not fit beside its label is printed below it, within 80 columns', () => {
  at(80);
  const lines = labelled([['withdrawnEvidence', `article-${'0'.repeat(64)}`]]);
  expect(lines.join('\n')).toBe(`withdrawnEvidence\n    article-${'0'.repeat(64)}`);
});

test('a message is wrapped only on a terminal', () => {
  expect(message(latin)).toBe(latin);
  at(80);
  expect(widest(message(latin))).toBeLessThanOrEqual(80);
});

test('the line of a record is followed by its near-duplicates and notes, within 80 columns', () => {
  at(80);
  const id = `statement-${'0'.repeat(36)}`;
  const result = { key: 'charter', status: 201, id, events: [`${id}_1`] };
  expect(resultText(result)).toBe(`recorded      charter          ${id}`);
  const hinted = resultText({ ...result, similar: [id, id], notes: [latin, 'Look again.'] });
  expect(hinted).toContain(`\n              similar to ${id},\n              ${id}\n`);
  expect(hinted.replaceAll(/\s+/g, ' ')).toContain(`note: ${latin}note: Look again.`);
  expect(widest(hinted)).toBeLessThanOrEqual(80);
});
