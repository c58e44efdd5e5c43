// The first event of a thing, which says by itself what the thing was then. All views go on from it, so what follows
// from it is worked out once, by the first of them that asks.
import type { RecordedEvent } from '../../events/envelope.ts';
import { firstFacts, type Facts } from './facts.ts';
import { grounds, type Grounds } from './grounds.ts';

export class First {
  private readonly event: RecordedEvent;
  private ownFacts: Facts | undefined;
  private ownGrounds: Grounds | undefined;

  constructor(event: RecordedEvent) {
    this.event = event;
  }

  /** Throws where a thing can't begin so. */
  get facts(): Facts {
    return (this.ownFacts ??= firstFacts(this.event));
  }

  get grounds(): Grounds {
    return (this.ownGrounds ??= grounds(undefined, this.event));
  }
}
