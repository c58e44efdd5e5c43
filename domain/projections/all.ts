// Every read model whose rows are a function of each stream. Work in progress: nothing in production uses this folder
// yet. It will replace domain/views; until then a test compares what both give for the same histories.
import { actors } from './actors.ts';
import { article } from './article.ts';
import { lines } from './lines.ts';
import { meeting } from './meeting.ts';
import { network } from './network.ts';
import type { ReadModel } from './read-model.ts';
import { timeline } from './timeline.ts';
import { topics } from './topics.ts';

export const readModels: readonly ReadModel[] = [timeline, meeting, article, actors, topics, lines, network];
