// Detection of speech: in quotation marks of many typographies, and after a dash.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isQuoted, quotationsIn } from '../../../../domain/evidence/direct-speech/quotations.ts';

const quotedIn = (text: string, words: string): boolean => {
  const from = text.indexOf(words);
  if (from < 0) throw new Error(`${words} is not in ${text}`);
  return isQuoted(quotationsIn(text), from, from + words.length);
};

describe('speech', () => {
  test.each<[string, string, string]>([
    ['English double marks', 'He said: “We agreed.” Then he left.', 'We agreed'],
    ['English single marks', 'He said: ‘We agreed.’ Then he left.', 'We agreed'],
    ['single marks with an apostrophe', 'He said: ‘We don’t agree.’ Then he left.', 'We don’t agree'],
    ['single marks with a possessive', 'He said ‘the ministers’ talks failed’ and left.', 'talks failed'],
    ['straight marks', 'He said "we agreed" and left.', 'we agreed'],
    ['straight single marks', "He said 'we don't agree' and left.", "we don't agree"],
    ['German marks', 'Er sagte: „Wir sind einig.“ Dann ging er.', 'Wir sind einig'],
    ['German single marks', 'Er sagte: ‚Wir sind einig.‘ Dann ging er.', 'Wir sind einig'],
    ['German guillemets', 'Er sagte: »Wir sind einig.« Dann ging er.', 'Wir sind einig'],
    ['French guillemets', 'Il a dit : « Nous sommes d’accord ». Puis il partit.', 'Nous sommes d’accord'],
    ['French guillemets after an elision', 'Il parla d’« un accord » hier.', 'un accord'],
    ['single guillemets', 'Er sagte: ‹Wir sind einig› und ging.', 'Wir sind einig'],
    ['Polish marks', 'Powiedział: „Zgadzamy się”. Potem wyszedł.', 'Zgadzamy się'],
    ['Swedish marks', 'Han sade: ”Vi är överens.” Sedan gick han.', 'Vi är överens'],
    ['Swedish single marks', 'Han sade: ’Vi är överens.’ Sedan gick han.', 'Vi är överens'],
    ['Hebrew marks', 'השר אמר: ״הסכמנו עם ארה״ב״ והלך.', 'הסכמנו עם ארה״ב'],
    ['high-reversed marks', 'He said: ‛We agreed.’ Then he left.', 'We agreed'],
    ['Chinese straight single marks', "他说'我们同意'然后离开。", '我们同意'],
    ['Russian marks', 'Он сказал: «Мы согласны». Потом ушёл.', 'Мы согласны'],
    ['Russian marks within marks', 'Он сказал: «Министр повторил: „Мы согласны“, и всё». И ушёл.', 'и всё'],
    ['Japanese marks', '首相は「合意した」と述べた。', '合意した'],
    ['Japanese marks within marks', '首相は「彼は『合意』と言った」と述べた。', 'と言った'],
    ['Chinese marks', '他说：“我们同意。”然后离开。', '我们同意'],
    ['Traditional Chinese marks', '他說：「我們同意。」然後離開。', '我們同意'],
    ['Arabic marks', 'قال: «اتفقنا اليوم» ثم غادر.', 'اتفقنا اليوم'],
    ['marks in brackets', 'He left (“we agreed”) at once.', 'we agreed'],
    ['marks after a dash', 'One thing—“we agreed”—is sure.', 'we agreed'],
    ['marks of two kinds', 'He said: “We agreed". Then he left.', 'We agreed'],
    ['marks within marks', 'She said: “He told me ‘we agreed’ twice.” Then she left.', 'twice'],
    ['a dash', 'He came in.\n— We agreed, he said.\n— When?', 'We agreed'],
    ['a dash after a headline', 'Interview with the minister\n— Мы согласны.', 'Мы согласны'],
  ])('speech is found in %s', (_what, text, words) => {
    expect(quotedIn(text, words)).toBe(true);
  });

  test.each<[string, string, string]>([
    ['before and after marks', 'He said: “We agreed.” Then he left.', 'Then he left'],
    ['between two quotations', '“We agreed,” he said, “at once.”', 'he said'],
    ['between two straight quotations', '"We agreed," he said, "at once."', 'he said'],
    ['between apostrophes', 'The ministers’ talks and the states’ fears went on.', 'talks and the states'],
    ['between straight apostrophes', "The ministers' talks and the states' fears went on.", 'talks and the'],
    ['after a French closing mark before a dash', 'Un « oui »—et un « non »—puis rien.', 'puis rien'],
    ['between two Hebrew quotations', 'אמר ״כן״ והלך, ואז אמר ״לא״ שוב', 'והלך, ואז אמר'],
    ['after a high-reversed mark was closed', 'He said: ‛We agreed.’ Then he left.', 'Then he left'],
    ['after a Dutch elision', '’s Avonds sprak hij over Johannes’ plan.', 'sprak hij'],
    ['after a typographic elision', 'In the ’90s the ministers’ talks failed.', 'the ministers'],
    ['after an elision', "In the '90s they met; 'tis long ago.", 'they met'],
    ['between inches', 'A 5" gun and a 6" gun stood there.', 'gun and a'],
    ['between Hebrew acronyms', 'דובר צה"ל אמר שארה"ב תומכת', 'אמר'],
    ['after a hyphen', 'They met.\n- We agreed on nothing.', 'We agreed'],
    ['before a French closing mark', 'Il a dit « oui » hier. Puis il partit.', 'Puis il partit'],
    ['after a German closing mark', 'Er sagte »ja« und ging.', 'und ging'],
    ['in a paragraph after one that was closed', '“We agreed.”\n\nThey met again.', 'They met again'],
    ['in a paragraph after one that was left open', '“We agreed.\n\nThey met again.', 'They met again'],
  ])('speech is not found %s', (_what, text, words) => {
    expect(quotedIn(text, words)).toBe(false);
  });

  test('a quotation continues in the next paragraph if that begins with an opening mark', () => {
    const text = 'He said: “We agreed.\n\n“We will meet again.” Then he left.\n\nIt rained.';
    expect(quotedIn(text, 'We agreed.\n\n“We will meet again')).toBe(true);
    expect(quotedIn(text, 'Then he left')).toBe(false);
    expect(quotedIn(text, 'It rained')).toBe(false);
  });

  test('a quotation continues across a line end of wrapped text', () => {
    const text = 'He said: “We agreed\nat once, and will\nmeet again.” Then he\nleft.';
    expect(quotedIn(text, 'We agreed\nat once, and will\nmeet again')).toBe(true);
    expect(quotedIn(text, 'Then he\nleft')).toBe(false);
  });

  test('a quotation continues across CR LF line ends, which are not blank lines', () => {
    const text =
      'He said: “We agreed\r\nat once, and will\r\nmeet again.” Then he\r\nleft.\r\n\r\nIt rained.';
    expect(quotedIn(text, 'at once, and will\r\nmeet again')).toBe(true);
    expect(quotedIn(text, 'Then he\r\nleft')).toBe(false);
    expect(quotedIn('He said: “We agreed.\r\n\r\nIt rained.', 'It rained')).toBe(false);
  });

  test('speech in 100,000 paragraphs is found in linear time', () => {
    const found = quotationsIn('— A\n'.repeat(100_000));
    expect(found).toHaveLength(100_000);
  });

  test.each<[string, string, string]>([
    ['that opens', 'He said: “We agreed. Then he left.\n\nIt rained.', 'We agreed'],
    ['that closes', 'We agreed,” he said.', 'We agreed'],
    ['that opens, straight', 'He said: "We agreed. Then he left.', 'We agreed'],
    ['that closes, straight', 'We agreed," he said.', 'We agreed'],
    ['that opens, single', 'He said: ‘We agreed. Then he left.', 'We agreed'],
    ['of another quotation', 'The 5" gun. He said "we agreed" and left.', 'we agreed'],
    ['before a whole quotation', 'He said “yes. Then: “We agreed.”', 'We agreed'],
  ])('speech is found despite an unpaired mark %s', (_what, text, words) => {
    expect(quotedIn(text, words)).toBe(true);
  });

  test('quotations of any marks are sorted, disjoint and within the text', () => {
    const piece = fc.constantFrom(
      ...'“ ” „ « » ‹ › ‘ ’ ‚ " \' 「 」 『 』 — - . , \n \n\n word 5 ל 停'
        .split(' ')
        .flatMap((one) => [one, `${one} `]),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        const text = pieces.join('');
        let end = -1;
        for (const { from, to } of quotationsIn(text)) {
          expect(from).toBeGreaterThan(end);
          expect(to).toBeGreaterThan(from);
          end = to;
        }
        expect(end).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['opening marks', '„'],
    ['closing marks', '”'],
    ['single marks', "'a "],
    ['spaces', ' '],
    ['line ends', '\n'],
    ['corner brackets', '「'],
  ])('speech in 100,000 %s is found in linear time', (_what, piece) => {
    const text = piece.repeat(100_000);
    expect(quotationsIn(`${text}“we agreed” and left`).length).toBeLessThan(text.length);
  });
});
