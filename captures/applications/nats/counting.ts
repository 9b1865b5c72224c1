/**
 * Counts what a Nest process over NATS sends, handles and receives, while it runs.
 *
 * Loaded with `node --require`, so the applications stay as their authors wrote them.
 * A call is seen where the application makes it (`send`, `emit`), a handler where Nest
 * calls it (`addHandler`), and a message of NATS where Nest hands it to the client
 * library or is handed it: nothing here has seen a byte of the wire.
 */
import { ClientNats, NatsRecord, ServerNats } from '@nestjs/microservices';
import { Observable } from 'rxjs';
import {
  calls,
  handled,
  kept,
  keptHeaders,
  now,
  statuses,
  traffic,
  type Call,
} from './ledger';

type Method = (...words: never[]) => unknown;
type Callback = (error: unknown, message: Message) => unknown;

/** A message that the client library hands over. */
interface Message {
  subject: string;
  reply?: string;
  respond(...words: unknown[]): unknown;
}

/** What Nest makes of a call. */
interface Packet {
  pattern: unknown;
  data: unknown;
  metadata?: unknown;
}

/** A connection of the client library, as far as Nest uses it. */
interface Link {
  publish(subject: string, ...rest: unknown[]): unknown;
  subscribe(
    subject: string,
    options: { callback: Callback },
  ): { unsubscribe(): unknown };
  status(): AsyncIterable<Record<string, unknown>>;
}

/** The methods that every message passes; in Nest some are not public. */
interface Passage {
  createClient(): Promise<Link>;
  createNatsClient(): Promise<Link>;
  publish(packet: Packet, callback: Method): unknown;
  dispatchEvent(packet: Packet): Promise<unknown>;
  send(pattern: unknown, data: unknown): Observable<unknown>;
  emit(pattern: unknown, data: unknown): Observable<unknown>;
  addHandler(pattern: unknown, handler: Method, ...rest: unknown[]): void;
}

const client = ClientNats.prototype as unknown as Passage;
const server = ServerNats.prototype as unknown as Passage;

/** Replace a method of a prototype by one that is given the old one. */
function wrap<Name extends keyof Passage>(
  owner: Passage,
  name: Name,
  make: (original: Passage[Name]) => Passage[Name],
): void {
  if (owner[name]) {
    owner[name] = make(owner[name]);
  }
}

// Calls of the application.

/** Calls whose packets Nest has yet to make, with what they were made of. */
const unmade: Array<{ call: Call; pattern: unknown; data: unknown }> = [];

function begun(kind: Call['kind'], pattern: unknown, data: unknown): Call {
  const record = data instanceof NatsRecord ? data : undefined;
  const call: Call = {
    kind,
    pattern: kept(pattern),
    data: kept(record ? record.data : data),
    headers: keptHeaders(record?.headers as never),
    began: now(),
    handed: false,
    values: [],
    end: 'pending',
  };
  calls.push(call);
  unmade.push({ call, pattern, data });
  return call;
}

function watched(call: Call, source: Observable<unknown>): Observable<unknown> {
  return new Observable((observer) => {
    const subscription = source.subscribe({
      next: (value) => {
        if (call.kind === 'message') {
          call.values.push(kept(value));
        }
        observer.next(value);
      },
      error: (error: unknown) => {
        Object.assign(call, { end: 'error', error: kept(error), ended: now() });
        observer.error(error);
      },
      complete: () => {
        Object.assign(call, { end: 'completed', ended: now() });
        observer.complete();
      },
    });
    return () => {
      if (call.end === 'pending') {
        Object.assign(call, { end: 'left', ended: now() });
      }
      subscription.unsubscribe();
    };
  });
}

wrap(
  client,
  'send',
  (send) =>
    function (this: Passage, pattern, data) {
      const call = begun('message', pattern, data);
      return watched(call, send.call(this, pattern, data));
    },
);

wrap(
  client,
  'emit',
  (emit) =>
    function (this: Passage, pattern, data) {
      const call = begun('event', pattern, data);
      const sent = emit.call(this, pattern, data);
      watched(call, sent).subscribe({ error: () => {} });
      return sent;
    },
);

// What Nest makes of a call; a hook may attach metadata to it, from Nest 12 on.

/** The call whose packet is being handed to the library; no other can come between. */
let current: Call | undefined;

function takeCall(packet: Packet): Call | undefined {
  const index = unmade.findIndex(
    (each) => each.pattern === packet.pattern && each.data === packet.data,
  );
  const [made] = index < 0 ? [] : unmade.splice(index, 1);
  if (made && packet.metadata !== undefined) {
    made.call.metadata = kept(packet.metadata);
  }
  return made?.call;
}

wrap(
  client,
  'publish',
  (publish) =>
    function (this: Passage, packet, callback) {
      current = takeCall(packet);
      try {
        return publish.call(this, packet, callback);
      } finally {
        current = undefined;
      }
    },
);

wrap(
  client,
  'dispatchEvent',
  (dispatch) =>
    async function (this: Passage, packet) {
      const call = takeCall(packet);
      const dispatched = await dispatch.call(this, packet);
      if (call) {
        call.handed = true;
      }
      return dispatched;
    },
);

// Handlers.

wrap(
  server,
  'addHandler',
  (add) =>
    function (this: Passage, pattern, handler, ...rest) {
      const name = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
      const counted = (data: never, context: never): unknown => {
        const { getSubject, getHeaders } = context as Record<string, Method>;
        handled.push({
          handler: name,
          subject: getSubject.call(context) as string,
          data: kept(data),
          headers: keptHeaders(getHeaders.call(context) as never),
          at: now(),
        });
        return handler(data, context);
      };
      // Nest hangs the next handler of an event on the one before it, and looks there.
      Object.defineProperty(counted, 'next', {
        get: () => (handler as { next?: unknown }).next,
        set: (next: unknown) => Object.assign(handler, { next }),
      });
      add.call(this, pattern, counted as Method, ...rest);
    },
);

// Messages of NATS.

function counted(link: Link): Link {
  const { publish, subscribe } = link;
  link.publish = (subject, ...rest) => {
    const published = publish.call(link, subject, ...rest);
    traffic.count('published', subject);
    if (current) {
      current.handed = true;
    }
    return published;
  };
  link.subscribe = (subject, options) => {
    const { callback } = options;
    const subscription = subscribe.call(link, subject, {
      ...options,
      callback: (error, message) => callback(error, delivered(message)),
    });
    traffic.count('subscribed', subject);
    const { unsubscribe } = subscription;
    subscription.unsubscribe = () => {
      traffic.count('unsubscribed', subject);
      return unsubscribe.call(subscription);
    };
    return subscription;
  };
  void keepStatuses(link);
  return link;
}

function delivered(message: Message): Message {
  traffic.count('delivered', message.subject);
  const { respond } = message;
  message.respond = (...words) => {
    const responded = respond.apply(message, words);
    traffic.count('published', message.reply!);
    return responded;
  };
  return message;
}

async function keepStatuses(link: Link): Promise<void> {
  for await (const status of link.status()) {
    if (!String(status.type).startsWith('ping')) {
      statuses.push({ at: now(), status: kept(status) });
    }
  }
}

for (const [owner, name] of [
  [client, 'createClient'],
  [server, 'createNatsClient'],
] as const) {
  wrap(
    owner,
    name,
    (create) =>
      async function (this: Passage) {
        return counted(await create.call(this));
      },
  );
}
