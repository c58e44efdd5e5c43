// Tests that sentences do not end at initials, abbreviations or wrapped lines, and that every machine cuts them alike.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sentencesOf } from '../../../../domain/evidence/boundaries/sentences.ts';

const cut = (text: string): string[] =>
  sentencesOf(text)
    .map((sentence) => sentence.trim().replace(/\s+/g, ' '))
    .filter((sentence) => sentence !== '');

describe('a text is cut behind each of its sentences', () => {
  test.each([
    [
      'initials',
      ['J. P. Morgan and V. V. Smith met.', 'George W. Bush came.', 'J.-P. Roux and A. A. Li left.'],
    ],
    ['initials in Cyrillic', ['В. В. Иванов встретился с А. П. Петровым.', 'Они говорили.']],
    ['initials in Arabic', ['التقى د. أحمد بالوزير.', 'ثم غادر؟', 'نعم.']],
    ['titles', ['Mr. Blinken met Sen. Smith and Dr. Li.', 'They talked.']],
    ['abbreviations with points', ['He left the U.S. Embassy at 3 p.m. Thursday.', 'He flew home.']],
    [
      'an abbreviation at the end',
      ['They met in the U.S.', 'The talks went well.', 'He bought Plan B.', 'They left.'],
    ],
    ['companies', ['Apple Inc. chief Cook and Sons Ltd. Director Li came.', 'They talked.']],
    ['numbers', ['He paid 1.5 million.', 'Prices rose 3.2%.', 'It was 2023.', 'They left.']],
    ['a Polish hour', ['Spotkanie zacznie się o godz. 5 rano.', 'Tak.']],
    ['numbered things', ['See No. 5 and Art. IV of the treaty.', 'No.', 'He refused.']],
    ['dates', ['On Jan. 3 they met.', 'It was cold.']],
    [
      'ordinals in German',
      ['Am 3. März traf er Dr. Müller.', 'Sie sprachen z. B. über Zölle.', 'Danach ging er.'],
    ],
    ['French', ['M. Durand a rencontré Mme. Petit.', '« Nous avons parlé. »', 'Il est parti.']],
    ['Spanish', ['¿Qué dijo?', '¡Nada!', 'La Sra. Ruiz viajó a EE. UU. con él.']],
    [
      'questions and quotations',
      ['“What?” he asked.', 'He said: “We talked.”', '(They had.)', 'Really?!', 'Yes…'],
    ],
    ['omissions', ['The plan […] Lavrov said was good.', 'It (…) Putin knew.']],
    ['Chinese', ['部长们在德里会晤。', '他们说：“我们谈了。”', '他离开了！']],
    ['Japanese', ['大臣は「話し合った。」と述べた。', 'その後、帰国した。']],
    ['Korean', ['장관들이 만났다.', '그것이 본 것.', '그들은 떠났다.']],
    ['Hindi', ['मंत्री मिले।', 'डॉ. सिंह बोले।', 'ठीक है?']],
    ['Urdu', ['وزراء ملے۔', 'وہ چلے گئے۔']],
    ['Greek', ['Τι είπε;', 'Είπε όχι.', 'Έφυγε.']],
    ['Armenian', ['Նրանք հանդիպեցին:', 'Խոսեցին։', 'Վերջ։']],
    ['Hebrew', ['השרים נפגשו.', 'הם דיברו!']],
  ])('a text is cut behind each of its sentences: %s', (_, sentences) => {
    expect(cut(sentences.join(/[。！]$/.test(sentences[0] ?? '') ? '' : ' '))).toEqual(sentences);
  });
});

describe('a line break ends a sentence', () => {
  test.each([
    [false, 'in a short text', 'The ministers met in New\nDelhi on Thursday.'],
    [false, 'after a title', 'He met Mr.\nBlinken.'],
    [false, 'before a small letter', `${'They met and talked '.repeat(4)}\nabout grain.`],
    [false, 'after a comma', `${'They met, and they talked '.repeat(4)}in Delhi,\nAnkara and Rome.`],
    [
      false,
      'if the next word did not fit',
      'Antony Blinken, the US Secretary of State, and Sergey Lavrov met this week in\nNew Delhi, on the margins of the gathering of G20 foreign ministers, as expected.',
    ],
    [true, 'if it is blank', 'Talks in Delhi\n\nThe ministers met.'],
    [true, 'of Windows, if it is blank', 'Talks in Delhi\r\n \r\nThe ministers met.'],
    [
      true,
      'after a heading',
      'Ten minutes in New Delhi\nAntony Blinken, the US Secretary of State, and Sergey Lavrov met this week in Delhi.',
    ],
    [
      true,
      'before a list',
      'The ministers agreed on the following points in their talks in New Delhi:\n- Grain\n- Prisoners',
    ],
    [
      true,
      'before an indented line',
      'The ministers agreed on the following points in their talks in New Delhi and\n    Ankara is next.',
    ],
  ])('a line break ends a sentence (%s) %s', (isEnd, _, text) => {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    expect(cut(text)).toHaveLength(isEnd ? lines.length : 1);
  });

  test('a line break ends no sentence in Chinese that is wrapped at line ends', () => {
    const sentence = '两国部长星期四在德里会晤，讨论了粮食出口和交换战俘的问题，并同意下个月在安卡拉再次会谈';
    expect(
      cut(`${sentence.slice(0, 20)}\n${sentence.slice(20, 40)}\n${sentence.slice(40)}。他们离开了。`),
    ).toHaveLength(2);
  });
});

const word = fc.constantFrom(
  'talks',
  'Ankara',
  'the',
  'minister',
  'Mr. Blinken',
  'U.S. envoys',
  '3.5',
  'agreed',
);
const sentence = fc
  .tuple(fc.constantFrom('They', 'The', 'We'), fc.array(word, { minLength: 5, maxLength: 20 }))
  .map(([first, words]) => `${first} ${words.join(' ')} met.`);
const paragraph = fc.array(sentence, { minLength: 1, maxLength: 6 });

/** Breaks lines like a text editor: at the last space that leaves the line no longer than `width`. */
const wrapped = (text: string, width: number): string => {
  const lines = [''];
  for (const each of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line !== '' && line.length + 1 + each.length > width) lines.push(each);
    else lines[lines.length - 1] = line === '' ? each : `${line} ${each}`;
  }
  return lines.join('\n');
};

test('a text has the same sentences, however wide its lines are wrapped', () => {
  fc.assert(
    fc.property(
      fc.array(paragraph, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 20, max: 120 }),
      (paragraphs, width) => {
        const texts = paragraphs.map((sentences) => sentences.join(' '));
        const text = texts.map((each) => wrapped(each, width)).join('\n\n');
        expect(cut(text)).toEqual(paragraphs.flat());
      },
    ),
  );
});

test('a text with a paragraph on each line has the same sentences as one with blank lines', () => {
  fc.assert(
    fc.property(fc.array(paragraph, { minLength: 1, maxLength: 4 }), (paragraphs) => {
      expect(cut(paragraphs.map((sentences) => sentences.join(' ')).join('\n'))).toEqual(paragraphs.flat());
    }),
  );
});

test('the sentences of any text, joined, are the text, and no sentence is empty', () => {
  const some = fc.array(
    fc.oneof(
      fc.constantFrom(
        '.',
        '!',
        '。',
        '\n',
        '\r\n',
        '\u2029',
        ' ',
        '”',
        '「',
        'A',
        'é',
        '中',
        '😀',
        'د',
        '3',
        '…',
        '[',
      ),
      fc.string(),
    ),
  );
  fc.assert(
    fc.property(some, (parts) => {
      const text = parts.join('');
      const pieces = sentencesOf(text);
      expect(pieces.join('')).toBe(text);
      expect(pieces).not.toContain('');
    }),
    { numRuns: 500 },
  );
});
