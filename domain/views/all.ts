// Every read model that is kept up to date.
import { actors } from './actors.ts';
import { article } from './article.ts';
import { meeting } from './meeting.ts';
import { timeline } from './timeline.ts';
import { topics } from './topics.ts';
import type { View } from './view.ts';

export const views: readonly View[] = [timeline, meeting, article, actors, topics];
