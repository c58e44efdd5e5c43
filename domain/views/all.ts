// Every read model that is kept up to date.
import { actor } from './actor.ts';
import { actors } from './actors.ts';
import { article } from './article.ts';
import { meeting } from './meeting.ts';
import { network } from './network.ts';
import { timeline } from './timeline.ts';
import { topic } from './topic.ts';
import { topics } from './topics.ts';
import type { View } from './view.ts';

export const views: readonly View[] = [timeline, meeting, article, actors, topics, actor, topic, network];
