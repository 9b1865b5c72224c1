/**
 * Counts what an application over a broker sends and handles, whatever the broker.
 *
 * A call is seen where the application makes it (`send`, `emit`), a handler where Nest
 * calls it (`addHandler`). What passes to the client library and comes from it, the
 * folder of each carrier counts beside its programs (`counting.ts` there, loaded with
 * `node --require`), so the applications stay as their authors wrote them.
 */
import { Observable } from 'rxjs';
import { calls, handled, kept, now, type Call, type Handled } from './ledger';

export type Method = (...words: never[]) => unknown;

/** What Nest makes of a call. */
interface Packet {
  pattern: unknown;
  data: unknown;
  metadata?: unknown;
}

/** The methods of a client that every call passes; in Nest some are not public. */
interface Client {
  publish(packet: Packet, callback: Method): unknown;
  dispatchEvent(packet: Packet): Promise<unknown>;
  send(pattern: unknown, data: unknown): Observable<unknown>;
  emit(pattern: unknown, data: unknown): Observable<unknown>;
}

/** The method of a server that every handler passes. */
interface Server {
  addHandler(pattern: unknown, handler: Method, ...rest: unknown[]): void;
}

/** What an application sends with options of the carrier, as headers. */
interface Sent {
  data: unknown;
  headers?: Call['headers'];
}

/** Replace a method of a prototype by one that is given the old one. */
export function wrap<Owner, Name extends keyof Owner>(
  owner: Owner,
  name: Name,
  make: (original: Owner[Name]) => Owner[Name],
): void {
  if (owner[name]) {
    owner[name] = make(owner[name]);
  }
}

/**
 * Count what passes on every connection that a method of Nest's makes.
 *
 * @param owner the prototype that has the method
 * @param name of the method; in some releases of Nest making one takes time
 * @param counted lets a connection count
 */
export function watchConnections<Link extends object>(
  owner: unknown,
  name: string,
  counted: (link: Link) => Link,
): void {
  wrap(
    owner as Record<string, () => Link | Promise<Link>>,
    name,
    (create) =>
      function (this: unknown) {
        const made = create.call(this);
        return made instanceof Promise ? made.then(counted) : counted(made);
      },
  );
}

// Calls of the application.

/** Calls whose packets Nest has yet to make, with what they were made of. */
const unmade: Array<{ call: Call; pattern: unknown; data: unknown }> = [];

function begun(kind: Call['kind'], pattern: unknown, data: unknown, sent: Sent): Call {
  const call: Call = {
    kind,
    pattern: kept(pattern),
    data: kept(sent.data),
    headers: sent.headers,
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

/** Note that the client library took the call that is being handed to it. */
export function handOver(): void {
  if (current) {
    current.handed = true;
  }
}

/**
 * Note all calls of a kind of clients.
 *
 * @param prototype of the clients
 * @param sent what of the application's data is data, and what the carrier's
 */
export function watchClient(
  prototype: unknown,
  sent: (data: unknown) => Sent = (data) => ({ data }),
): void {
  const client = prototype as Client;
  wrap(
    client,
    'send',
    (send) =>
      function (this: Client, pattern, data) {
        const call = begun('message', pattern, data, sent(data));
        return watched(call, send.call(this, pattern, data));
      },
  );
  wrap(
    client,
    'emit',
    (emit) =>
      function (this: Client, pattern, data) {
        const call = begun('event', pattern, data, sent(data));
        const emitted = emit.call(this, pattern, data);
        watched(call, emitted).subscribe({ error: () => {} });
        return emitted;
      },
  );
  watchPackets(client);
}

function watchPackets(client: Client): void {
  wrap(
    client,
    'publish',
    (publish) =>
      function (this: Client, packet, callback) {
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
      async function (this: Client, packet) {
        const call = takeCall(packet);
        const dispatched = await dispatch.call(this, packet);
        if (call) {
          call.handed = true;
        }
        return dispatched;
      },
  );
}

/**
 * Note what every handler of a kind of servers is called with.
 *
 * @param prototype of the servers
 * @param brought what the carrier brought besides the data, by Nest's context
 */
export function watchServer(
  prototype: unknown,
  brought: (context: never) => Partial<Handled>,
): void {
  wrap(
    prototype as Server,
    'addHandler',
    (add) =>
      function (this: Server, pattern, handler, ...rest) {
        const name = typeof pattern === 'string' ? pattern : JSON.stringify(pattern);
        const counted = (data: never, context: never): unknown => {
          handled.push({
            handler: name,
            ...brought(context),
            data: kept(data),
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
}
