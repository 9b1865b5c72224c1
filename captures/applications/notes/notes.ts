import { applyUpdate, Doc, encodeStateAsUpdate, encodeStateVector } from 'yjs';

/** What somebody has who joins a room: a state vector in base64. */
export interface Joining {
  room: string;
  state: string;
}

/** An update of a room, in base64. */
export interface Change {
  room: string;
  update: string;
}

const NAME = 'note';
const ROOMS = 1000;

function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'base64');
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64');
}

/** Documents by room, a bounded number of them; it throws what it cannot read. */
export class Notes {
  private readonly documents = new Map<string, Doc>();

  has(room: string): boolean {
    return this.documents.has(room);
  }

  text(room: string): string {
    return this.of(room).getText(NAME).toString();
  }

  lacking(room: string, state: string): string {
    return base64(encodeStateAsUpdate(this.of(room), bytes(state)));
  }

  state(room: string): string {
    return base64(encodeStateVector(this.of(room)));
  }

  apply(room: string, update: string): void {
    applyUpdate(this.of(room), bytes(update));
  }

  private of(room: string): Doc {
    let found = this.documents.get(room);
    if (!found) {
      if (this.documents.size >= ROOMS) {
        throw new Error('Too many rooms');
      }
      this.documents.set(room, (found = new Doc()));
    }
    return found;
  }
}
