// HTML and scripts in any text field are stored and returned as text.
import { expect, test } from 'vitest';
import { openTestArchive } from '../../../support/archives/test-archive.ts';

const html = '<script>alert("x")</script> &amp; <b onclick=\'y\'>z</b>';

test('HTML in every text field is returned unchanged', async () => {
  const archive = await openTestArchive();
  try {
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
      datePrinted: html,
      place: { printed: html },
      occasion: html,
      ...words,
      ...common,
    };
    const opinion = {
      by: party,
      standing: 'expert',
      publishedOn: '2023',
      datePrinted: html,
      ...words,
      ...common,
    };
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

test('HTML in every reason, correction and appearance is unchanged in the history', async () => {
  const archive = await openTestArchive();
  try {
    const post = async (path: string, body: object): Promise<string> => {
      const answer = await archive.post(path, body);
      expect(answer.status, answer.text).toBe(201);
      return answer.body.id;
    };
    const text = `Before ${html} after. Second: ${html}!`;
    const articleId = await post('/articles', { text, title: 'T', publisher: 'P', language: 'en' });
    const [first, second] = ['Before', 'after'].map((exact) => ({ articleId, exact }));
    const [one, other] = [
      await post('/actors', { kind: 'person', name: 'One' }),
      await post('/actors', { kind: 'person', name: 'Other' }),
    ];
    const meeting = await post('/meetings', {
      announced: true,
      title: 'M',
      participants: [{ actor: one }, { actor: other }],
      heldOn: '2023',
      format: 'other',
      certainty: 'asserted',
      evidence: [first, second],
    });
    const written: [string, object, object][] = [
      [`/articles/${articleId}/appearances`, { publisher: html, title: html, byline: html }, {}],
      [`/articles/${articleId}/corrections`, { reason: html, changes: { title: html, byline: html } }, {}],
      [`/actors/${one}/aliases`, { aliases: [{ name: html }] }, {}],
      [`/actors/${one}/corrections`, { reason: html, changes: { name: html } }, {}],
      [`/actors/${one}/merges`, { into: other, reason: html }, { actor: one }],
      [`/actors/${one}/unmerges`, { reason: html }, { actor: one, from: other }],
      [
        `/meetings/${meeting}/corrections`,
        { cause: 'coding-error', reason: html, changes: { title: html, outcome: html } },
        { evidence: [] },
      ],
      [
        `/meetings/${meeting}/evidence/withdrawals`,
        { ...second, reason: html },
        { start: text.indexOf('after') },
      ],
      [`/meetings/${meeting}/retractions`, { reason: html }, {}],
      [`/articles/${articleId}/withdrawals`, { reason: html, authority: html }, {}],
    ];
    for (const [path, body] of written) await post(path, body);
    const calledOff = await post('/meetings', {
      announced: true,
      title: 'C',
      participants: [{ actor: one }, { description: html }],
      heldOn: '2024',
      format: 'other',
      certainty: 'asserted',
      evidence: [
        {
          articleId: await post('/articles', { text: html, title: html, publisher: html, language: 'en' }),
          exact: html,
        },
      ],
    });
    const { evidence } = (await archive.get(`/meetings/${calledOff}`)).body;
    await post(`/meetings/${calledOff}/called-off`, {
      reason: html,
      evidence: [{ articleId: evidence[0].articleId, exact: html }],
    });
    await archive.settled();

    const { body } = await archive.get('/events?limit=1000');
    const data: object[] = body.events.map(({ event }: { event: { data: object } }) => event.data);
    for (const [path, sent, added] of written) expect(data, path).toContainEqual({ ...sent, ...added });
    expect(data).toContainEqual({ reason: html, evidence });
    const withdrawn = await archive.get(`/articles/${articleId}/source`);
    expect(withdrawn.headers.get('content-type')).toBe('application/problem+json');
    expect(withdrawn.body.withdrawn).toEqual({ reason: html, authority: html });
  } finally {
    await archive.close();
  }
});
