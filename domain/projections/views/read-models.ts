// All read models.
import { actors } from './actors-view.ts';
import { article } from './article-view.ts';
import { lines } from './lines-view.ts';
import { meeting } from './meeting-view.ts';
import { network } from './network-view.ts';
import type { ReadModel } from './read-model.ts';
import { timeline } from './timeline-view.ts';
import { topics } from './topics-view.ts';

export const readModels: readonly ReadModel[] = [timeline, meeting, article, actors, topics, lines, network];
