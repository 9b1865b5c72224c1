/**
 * Counts the frames a Nest process sends and receives, while it runs.
 *
 * Loaded with `node --require`, so the applications stay as their authors wrote
 * them. The counting happens inside the process, where Nest hands a message to
 * the socket and where it takes one from it: what is written to the file named
 * by the environment variable TALLY when the process exits owes nothing to any
 * capture.
 */
import { writeFileSync } from 'node:fs';
import { JsonSocket } from '@nestjs/microservices';

type Packet = Record<string, unknown>;
type Counts = Record<string, number>;

/** The two methods every frame passes; in Nest they are not public. */
interface Passage {
  handleSend(message: unknown, callback?: (error?: unknown) => void): void;
  emitMessage(text: string): void;
}

class Side {
  readonly by_kind: Counts = {};
  readonly by_pattern: Counts = {};

  count(kind: string, packet: Packet): void {
    this.by_kind[kind] = (this.by_kind[kind] ?? 0) + 1;
    if ('pattern' in packet) {
      const key = `${kind} ${JSON.stringify(packet.pattern)}`;
      this.by_pattern[key] = (this.by_pattern[key] ?? 0) + 1;
    }
  }
}

function kindOf(packet: Packet): string {
  if ('pattern' in packet) {
    return 'id' in packet ? 'request' : 'event';
  }
  if ('err' in packet) {
    return 'status' in packet ? 'response-nohandler' : 'response-error';
  }
  if (!packet.isDisposed) {
    return 'response-item';
  }
  return 'response' in packet ? 'response-final' : 'response-complete-empty';
}

const sent = new Side();
const received = new Side();
const unanswered = new Set<unknown>();

function countSent(text: string): void {
  const packet = JSON.parse(text) as Packet;
  const kind = kindOf(packet);
  sent.count(kind, packet);
  if (kind === 'request') {
    unanswered.add(packet.id);
  }
}

function countReceived(text: string): void {
  const packet = JSON.parse(text) as Packet;
  received.count(kindOf(packet), packet);
  if ('err' in packet || packet.isDisposed) {
    unanswered.delete(packet.id);
  }
}

const passage = JsonSocket.prototype as unknown as Passage;
const { handleSend, emitMessage } = passage;

passage.handleSend = function (message, callback) {
  handleSend.call(this, message, callback);
  // Keys that are undefined vanish in the text, as they do on the wire.
  countSent(JSON.stringify(message));
};

passage.emitMessage = function (text) {
  countReceived(text);
  emitMessage.call(this, text);
};

process.on('exit', () => {
  const tally = { sent, received, unanswered: unanswered.size };
  writeFileSync(process.env.TALLY!, JSON.stringify(tally));
});
