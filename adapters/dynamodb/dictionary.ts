// The compression dictionary of all events: field names with usual values, in canonical order, and English words.
// FROZEN: items can only be decompressed with exactly this text. A changed text must be added as a second dictionary.

/** Text at the end takes the fewest bits to refer to. */
const text = [
  ' after all also among and any are been before being between both but came can could did during each first for from',
  ' further government had has have his hope however including into its made make may meeting minister more most must need',
  ' new not now of on one only or other our out over own part people policy position president region relations same',
  ' security should situation so some state such support talks than that the their them there these they this those to',
  ' two under until up us very war was we were what when where which while who why will with without would year you your',
  '"authority":"","byline":"","bytes":,"characters":,"derivedFrom":"article-","url":"https://www.","versionOf":"article-',
  '"from":"actor-","into":"actor-","aliases":[{"language":"","name":""}],"country":"","id":"actor-',
  '"kind":"group"organization"state"person","name":"","wikidata":"Q',
  'coding-error"source-corrected"new-evidence","changes":{"reinstates":true,"stance":"supports"disputes","in":"title"text',
  '"for":["content","heldOn"],"original":{"content":"","evidence":{"summary":"","translatedFrom":"',
  '"durationMinutes":,"occasion":"","outcome":"","postponedTo":"","within":"meeting-',
  'video"telephone"unstated"in-person","heldOn":"[..202","participants":[{"actor":"actor-","capacity":"","for":"actor-',
  '"},{"description":"","printed":"","place":{"country":"","printed":"',
  '"by":{"actor":"actor-","standing":"party"publisher"institution"expert","publishedOn":"20',
  'ruled"threatened"declined"promised"proposed"denied"demanded"answered"asked"said',
  'court"parliament"social"written"other"unstated","content":"',
  'repeats"rejects"confirms"denies"answers"about"}],"regarding":[{"id":"statement-","relation":"',
  'speculated"alleged"reported"attributed"asserted","mixed"indirect"direct","datePrinted":"',
  ':AppearanceAdded:Corrected:Retracted:Withdrawn:EvidenceWithdrawn:EvidenceAdded:1","id":"',
  'ActorAliased","ActorIntroduced","ActorsMerged","ArticleArchived","MeetingCalledOff","MeetingAnnounced","MeetingHeld',
  '"ExpertOpinionPublished","source":"/actors"/articles"/opinions"/meetings","specversion":"1.0","subject":"meeting-',
  '{"data":{"cause":"","changes":{"evidence":[],"reason":"',
  '{"data":{"articleId":"article-","exact":"","reason":"","start":',
  '{"data":{"evidence":[{"articleId":"article-","end":,"exact":"","start":}]},"datacontenttype":"application/json"',
  '{"data":{"attributedBy":[],"certainty":"asserted","evidence":[{"articleId":"article-',
  '{"data":{"about":["actor-","act":"said","addressees":[{"actor":"actor-","attributedBy":[{"description":"',
  '"asserted","channel":"meeting","content":"asserted","channel":"speech","content":"asserted","channel":"interview","content":"',
  '","meetingId":"meeting-","regarding":[],"speakers":[{"actor":"actor-","capacity":"","printed":"',
  '"],"act":"said","addressees":[{"actor":"actor-","printed":"","for":"actor-"}],"attributedBy":[],"certainty":"asserted"',
  '{"data":{"about":[],"act":"said","addressees":[],"attributedBy":[],"certainty":"asserted","channel":"press","content":"',
  '","evidence":[{"articleId":"article-","end":1,"exact":"","start":1}],"form":"direct","language":"en","madeOn":"2026-',
  '","regarding":[],"speakers":[{"actor":"actor-"}],"topics":["',
  '"]},"datacontenttype":"application/json","dataschema":"urn:chancery:event:StatementMade:1","id":"statement-',
  '-4-8-","n":1,"of":1,"recordedby":"","revision":1,"source":"/statements","specversion":"1.0","subject":"statement-',
  '","time":"2026-01-01T00:00:00.000Z","type":"StatementMade"}\n',
].join('');

const shared = new TextEncoder().encode(text);

/** Returns the dictionary with a string at its end that the item probably contains, such as the name of its stream. */
export const dictionaryWith = (end: string): Uint8Array => Buffer.concat([shared, Buffer.from(end)]);
