// The words of an invented history: phrases of its sources, and names of its actors.
import type { Seeded } from '../seeded.ts';
import { between } from './chance.ts';

const WHO = [
  'both delegations',
  'our side',
  'the ministry',
  'the mediators',
  'their negotiators',
  'the two neighbours',
  'the members of the council',
  '“the guarantors”',
  'la délégation',
  'the host’s envoys',
  'представители сторон',
  'those who signed in Møllevik',
];
const DID = [
  'will not accept',
  'have agreed to postpone',
  'ask for',
  'reject',
  'expect to resume',
  'insist on',
  'would welcome',
  'are ready to discuss',
  'have yet to receive',
  'regard as settled',
  'cannot go back on',
  'put forward',
];
const WHAT = [
  'a ceasefire along the river',
  'the exchange of prisoners',
  'the second round of talks',
  'the tariffs on grain',
  'a monitoring mission',
  'the customs agreement',
  'the withdrawal of heavy weapons',
  'an extraordinary summit',
  'the fisheries protocol',
  'access to the port',
  'the return of refugees',
  'a joint declaration',
  'le calendrier des élections',
  'the frozen reserves',
];
const HOW = [
  'before the end of the month',
  'without further conditions',
  'as long as the border stays closed',
  'in the presence of observers',
  '— whatever the others decide —',
  'for the first time in eleven years',
  'under the terms that were set out in spring',
  'once the text has been translated',
  'at the level of ministers',
  'if the guarantees hold',
  'despite the incident at sea',
  'in the words of the communiqué',
];

const clause = (random: Seeded): string =>
  `${random.pick(WHO)} ${random.pick(DID)} ${random.pick(WHAT)} ${random.pick(HOW)}`;

const clauses = (random: Seeded, count: number): string[] =>
  Array.from({ length: count }, () => clause(random));

/** Returns `count` clauses that rarely occur twice. */
export const sentence = (random: Seeded, count: number): string => clauses(random, count).join('; ');

/** Returns a passage of two to four clauses, and the quoted part of it, sometimes with an omission. */
export function passage(random: Seeded): { readonly exact: string; readonly content: string } {
  const all = clauses(random, between(random, 2, 4));
  const exact = all.join(', ');
  const [first = '', second = '', third] = all;
  if (third !== undefined && random.chance(0.2)) return { exact, content: `${first} … ${third}` };
  return { exact, content: random.chance(0.6) ? second : `${first}, ${second}` };
}

export const TOPICS: readonly string[] = [
  [
    'border',
    'ceasefire',
    'trade',
    'energy',
    'fisheries',
    'sanctions',
    'refugees',
    'arms-control',
    'water',
    'debt',
  ],
  [
    'transit',
    'customs',
    'elections',
    'climate',
    'airspace',
    'shipping',
    'grain',
    'prisoners',
    'espionage',
    'cyber',
  ],
]
  .flat()
  .flatMap((subject) =>
    [
      '',
      '-north',
      '-south',
      '-east',
      '-west',
      '-treaty',
      '-summit',
      '-talks',
      '-dispute',
      '-law',
      '-aid',
      '-fund',
    ].map((region) => `${subject}${region}`),
  );

export const PUBLISHERS = [
  'The Harbour Courier',
  'Agence Méridienne',
  'Nordposten',
  'Вестник порта',
  'The Plateau Herald',
  'Rivers and Roads',
  'El Faro del Sur',
  'Capital Wire',
  '海峡时报',
  'The Evening Ledger',
];
export const PLACES = [
  'Geneva',
  'Nairobi',
  'Astana',
  'Doha',
  'Reykjavík',
  'São Paulo',
  'Vienna',
  'Kathmandu',
  'Суздаль',
];
export const COUNTRIES = [
  'CH',
  'KE',
  'KZ',
  'QA',
  'IS',
  'BR',
  'AT',
  'NP',
  'RU',
  'FR',
  'IN',
  'ZA',
  'MX',
  'JP',
  'EG',
  'CA',
];
export const CAPACITIES = [
  'Minister for Foreign Affairs',
  'spokeswoman of the ministry',
  'President',
  'special envoy',
  'chief negotiator',
  'permanent representative',
  'deputy prime minister',
];
export const DESCRIPTIONS = [
  'a senior official',
  'two diplomats',
  'a person close to the talks',
  'the opposition',
];
export const GIVEN = [
  'Anna',
  'José',
  'Ingrid',
  'Tariq',
  'Mei',
  'Zoë',
  'Oluwaseun',
  'Dmitri',
  'Priya',
  'Łukasz',
  'Aroha',
];
export const FAMILY = [
  'Hallström',
  'Okonjo',
  'de la Cruz',
  'Petrenko',
  'Nakamura',
  'Haddad',
  'O’Rourke',
  'Banerjee',
  'Kowalczyk',
  'Silva Pinto',
  'Tamahori',
  'Weiß',
  'Duarte',
];
export const STATES = [
  'Arlen',
  'Bourvania',
  'Casteria',
  'Dorn',
  'Elbonia',
  'Fjordland',
  'Galdova',
  'Hesperia',
];
export const REGIONS = ['', 'North ', 'South ', 'East ', 'Upper ', 'New '];
export const BODIES = [
  'Ministry of Trade',
  'Parliament',
  'Central Bank',
  'Mission',
  'Customs Union',
  'Red Crescent',
];
export const EDITORS = [
  'editor:priya',
  'editor:tomas',
  'editor:lin',
  'import:wire',
  'editor:sara',
  'editor:jon',
];
export const LANGUAGES = ['en', 'fr', 'ru', 'es', 'zh-Hans', 'pt-BR', 'ar'];
