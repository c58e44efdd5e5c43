// HTML and scripts in every text field are kept as the text that they are, and come back so.
import { expect, test } from 'vitest';
import { openTestArchive } from '../../support/test-archive.ts';

test('HTML in every text field comes back as it went in', async () => {
  const archive = await openTestArchive();
  try {
    const html = '<script>alert("x")</script> &amp; <b onclick=\'y\'>z</b>';
    const text = `Before ${html} after. Second ${html}!`;
    const article = { text, title: html, publisher: html, byline: html, language: 'en' };
    const { id: articleId } = (await archive.post('/articles', article)).body;
    const { id: actor } = (
      await archive.post('/actors', { kind: 'person', name: html, aliases: [{ name: html }] })
    ).body;
    const party = { actor, printed: html, capacity: html };
    const described = { description: html, printed: html };
    const evidence = [{ articleId, exact: html, prefix: 'Before ' }];
    const common = { certainty: 'asserted', attributedBy: [described], evidence };
    const meeting = {
      title: html,
      participants: [party, described],
      heldOn: '2023',
      datePrinted: html,
      place: { printed: html },
      occasion: html,
      outcome: html,
      format: 'other',
      ...common,
    };
    const words = {
      content: html,
      form: 'direct',
      language: 'en',
      summary: html,
      original: { content: html, language: 'en', evidence: evidence[0] },
    };
    const statement = {
      speakers: [party],
      act: 'said',
      addressees: [described],
      channel: 'other',
      madeOn: '2023',
      place: { printed: html },
      occasion: html,
      ...words,
      ...common,
    };
    const opinion = { by: party, standing: 'expert', publishedOn: '2023', ...words, ...common };
    for (const [path, body] of [
      ['/meetings', meeting],
      ['/statements', statement],
      ['/opinions', opinion],
    ] as const) {
      const posted = await archive.post(path, body);
      expect(posted.status, posted.text).toBe(201);
      const { body: read, headers } = await archive.get(`${path}/${posted.body.id}`);
      const {
        evidence: [piece],
        original,
        ...fields
      } = read;
      const { evidence: _, original: __, ...given } = body as typeof statement;
      expect(fields).toMatchObject(given);
      expect(piece).toMatchObject({ exact: html, start: 7 });
      if (original) expect(original.content).toBe(html);
      expect(headers.get('content-type')).toBe('application/json');
      const retracted = await archive.post(`${path}/${posted.body.id}/retractions`, { reason: html });
      expect(retracted.status).toBe(201);
    }
    await archive.settled();
    const timeline = await archive.get('/timeline');
    expect(timeline.body.items.map(({ retracted }: any) => retracted.reason)).toEqual([html, html, html]);
    expect(timeline.body.actors[actor].name).toBe(html);
    expect((await archive.get(`/articles/${articleId}/source`)).text).toBe(text);
  } finally {
    await archive.close();
  }
});
