// Events of an actor (introduced, aliased, corrected, merged, unmerged) and the input of their commands.
import { z } from 'zod';
import { changes } from './lifecycle-events.ts';
import { actorId, country, language, line, MAX, text } from './shared-pieces.ts';

export const alias = z.strictObject({ name: line(200), language: language.exactOptional() });
const wikidata = z.string().regex(/^Q[1-9]\d{0,11}$/, 'must be a Wikidata item such as Q183');
const aliases = z.array(alias).max(MAX.aliases);

export const actorFields = {
  kind: z.enum(['person', 'state', 'organization', 'group']),
  name: line(200),
  aliases: aliases.default([]),
  country: country.exactOptional(),
  wikidata: wikidata.exactOptional(),
};

/** Input for a new actor. Without an `id`, the archive generates one. */
export const actorInput = z.strictObject({ id: actorId.exactOptional(), ...actorFields });
export const aliasesInput = z.strictObject({ aliases: aliases.min(1) });
export const actorCorrection = z.strictObject({
  reason: text(2_000),
  changes: changes(actorFields),
  nameWasWrong: z
    .literal(true)
    .describe('With a new name: the old one was a mistake; without this it stays as an alias')
    .exactOptional(),
});
export const mergeInput = z.strictObject({ into: actorId, reason: text(2_000) });
export const unmergeInput = z.strictObject({ reason: text(2_000) });

export const actorEvents = {
  ActorIntroduced: z.strictObject({ id: actorId, ...actorFields }),
  ActorAliased: aliasesInput,
  ActorCorrected: actorCorrection,
  /** Stored in the stream `actor-merges`. Read models show `actor` as `into` from this event on. */
  ActorsMerged: z.strictObject({ actor: actorId, into: actorId, reason: text(2_000) }),
  ActorsUnmerged: z.strictObject({ actor: actorId, from: actorId, reason: text(2_000) }),
};
