// What can be recorded of an actor: introduced, aliased, corrected, and merged with another.
import { z } from 'zod';
import { changes } from './lifecycle-events.ts';
import { actorId, country, language, line, MOST, text } from './shared-pieces.ts';

export const alias = z.strictObject({ name: line(200), language: language.exactOptional() });
const wikidata = z.string().regex(/^Q[1-9]\d{0,11}$/, 'must be a Wikidata item such as Q183');
const aliases = z.array(alias).max(MOST.aliases);

export const actorFields = {
  kind: z.enum(['person', 'state', 'organization', 'group']),
  name: line(200),
  aliases: aliases.default([]),
  country: country.exactOptional(),
  wikidata: wikidata.exactOptional(),
};

/** An actor may be given the id that people will cite; without one it gets a fresh one. */
export const actorGiven = z.strictObject({ id: actorId.exactOptional(), ...actorFields });
export const aliasesGiven = z.strictObject({ aliases: aliases.min(1) });
export const actorCorrection = z.strictObject({
  reason: text(2_000),
  changes: changes(actorFields),
  nameWasWrong: z
    .literal(true)
    .describe('With a new name: the old one was a mistake; without this it stays as an alias')
    .exactOptional(),
});
export const mergeGiven = z.strictObject({ into: actorId, reason: text(2_000) });
export const unmergeGiven = z.strictObject({ reason: text(2_000) });

export const actorEvents = {
  ActorIntroduced: z.strictObject({ id: actorId, ...actorFields }),
  ActorAliased: aliasesGiven,
  ActorCorrected: actorCorrection,
  /** In stream actor-merges: from now on views show `actor` as `into`. */
  ActorsMerged: z.strictObject({ actor: actorId, into: actorId, reason: text(2_000) }),
  ActorsUnmerged: z.strictObject({ actor: actorId, from: actorId, reason: text(2_000) }),
};
