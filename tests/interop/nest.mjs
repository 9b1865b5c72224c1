// A real Nest application and real Nest clients, told what to do by lines of JSON.
//
//     node nest.mjs FOLDER        FOLDER holds node_modules with a Nest; with a second
//                                 word, that stands for each space and # in a pattern:
//                                 - for Kafka, which has fewer patterns
//
//     {"number":1,"does":"listen","port":0}          {"number":1,"gives":40123}
//     {"number":2,"does":"open","port":40124}        {"number":2,"gives":0}
//     {"number":3,"does":"observe","client":0,"pattern":"sum","data":[1,2]}
//                                  {"number":3,"gives":[["value",3],["end"]]}
//
// Commands run side by side; each is answered when it is done. What a caller observes is
// told as ["value", v], ["undefined"], ["end"] and ["error", e].

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(path.resolve(process.argv[2], 'index.js'));
require('reflect-metadata');
const { BadRequestException, Controller, Logger, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const {
  ClientProxyFactory,
  Ctx,
  EventPattern,
  MessagePattern,
  MqttRecordBuilder,
  NatsRecordBuilder,
  Payload,
  RmqRecordBuilder,
  RpcException,
  Transport,
} = require('@nestjs/microservices');
const { concat, EMPTY, from, interval, NEVER, of, throwError } =
  require('rxjs');
const { map, take, timeout } = require('rxjs/operators');

Logger.overrideLogger(false);

// The application; tests/interop/application.py is the same in Python.

const TOPICS = process.argv[3] === '-';

class Application {}
let handlers = 0;

function handle(decorator, pattern, method) {
  if (TOPICS && !(typeof pattern === 'string' && /^[\w.-]+$/.test(pattern))) {
    return; // there is no such topic
  }
  const name = `handler${handlers++}`;
  Application.prototype[name] = (data, context) => method(data, context);
  const descriptor = Object.getOwnPropertyDescriptor(Application.prototype, name);
  decorator(pattern)(Application.prototype, name, descriptor);
  Payload()(Application.prototype, name, 0);
  Ctx()(Application.prototype, name, 1);
}

// Not every broker has channels with spaces, or with wildcards in them.
const SPACE = process.argv[3] ?? ' ';
const spelled = (pattern) =>
  JSON.parse(JSON.stringify(pattern).replace(SPACE === ' ' ? / /g : /[ #]/g, SPACE));
const message = (pattern, method) => handle(MessagePattern, spelled(pattern), method);
const event = (pattern, method) => handle(EventPattern, spelled(pattern), method);
// What the contexts of the transports call the pattern.
const patternOf = (context) =>
  (context.getPattern ?? context.getSubject ?? context.getChannel ?? context.getTopic).call(
    context,
  );
const tell = (error) => () => {
  throw error();
};

const VALUES = {
  undef: undefined,
  null: null,
  zero: 0,
  false: false,
  empty: '',
  lone: '\ud83d',
  object: { a: undefined, b: 1 },
};
for (const [name, value] of Object.entries(VALUES)) {
  message(`value.${name}`, () => value);
}

const ERRORS = {
  text: () => new RpcException('boom 😀'),
  object: () => new RpcException({ code: 42, message: 'm', nested: { x: [1] } }),
  list: () => new RpcException(['a', 'b']),
  number: () => new RpcException(7),
  null: () => new RpcException(null),
  empty: () => new RpcException(''),
  other: () => new Error('secret'),
  http: () => new BadRequestException('secret'),
  undefined: () => undefined,
  thrown: () => 'secret',
};
for (const [name, make] of Object.entries(ERRORS)) {
  message(`error.${name}`, tell(make));
}

const PATTERNS = [
  'text',
  'astral 😀求#1#',
  1,
  '2',
  '007',
  { cmd: 'sum' },
  { b: 1, a: { d: 'x', c: 2 } },
  { t: true, n: null, list: [1, 'two'] },
  { q: 'a"b\\c' },
  { 求: '😀', é: 1, E: 2, e: 3, _: 4, 10: 5, 9: 6 },
  ['one of two', { two: 'of two' }],
];
PATTERNS.forEach((pattern, index) => message(pattern, (data) => [index, data]));

const heard = [];
const EVENTS = ['event', 'astral event 😀', 77, { on: 'event', a: { z: 1, y: [2] } }];
EVENTS.forEach((pattern, index) => {
  event(pattern, (data) => void heard.push([index, data]));
});
event('event', (data) => void heard.push(['again', data]));
message('heard', () => heard.splice(0));

// Three handlers of one event, and what each of them returns.
const broadcast = (name, returns) => {
  event('broadcast', (data) => {
    heard.push([name, data]);
    return returns;
  });
};
broadcast('value', 1);
broadcast('promise', Promise.resolve(2));
broadcast('observable', of(3, 4));
event('broadcast to some who fail', tell(() => new Error('secret')));
event('broadcast to some who fail', (data) => void heard.push(['other', data]));
event('with metadata', (data, context) => {
  heard.push([data, context.getMetadata?.() ?? null]);
});

// The sums that Nest's own tests ask for.
const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);
message({ sum: 'value' }, sum);
message({ sum: 'promise' }, async (numbers) => sum(numbers));
message({ sum: 'observable' }, (numbers) => of(sum(numbers)));
message({ sum: 'stream' }, (numbers) => from(numbers));
message('payload and context', (data, context) => [data, patternOf(context)]);

const ITEMS = { undefined, null: null };
message('stream.none', () => EMPTY);
message('stream.one', () => of('only'));
message('stream.many', (count) => from(Array.from({ length: count }, (_, n) => n)));
message('stream.slow', (count) => interval(5).pipe(take(count)));
message('stream.late', () => concat(of('v'), interval(30).pipe(take(1))));
message('stream.items', (item) =>
  interval(5).pipe(take(3), map((n) => (n === 1 ? ITEMS[item] : n))),
);
message('stream.fails', () => concat(of(1, 2), throwError(() => new RpcException('mid'))));
message('stream.fails late', () =>
  concat(interval(5).pipe(take(2)), throwError(() => new Error('secret'))),
);
message('stream.promised', async () => of('a', 'b'));
// At a broker nobody tells a handler that its caller has left. A minute and more is
// endless for a test, and not for the tests after it.
message('stream.endless', () => interval(2).pipe(take(30_000)));
message('stream.silent', () => concat(of('first'), NEVER));

const waiting = [];
message('reversed', ({ mine, all }) => {
  const answer = new Promise((resolve) => waiting.push(() => resolve(mine)));
  if (waiting.length === all) {
    // Later, or the first promises would be resolved before anybody awaits them.
    const resolves = waiting.splice(0).reverse();
    setImmediate(() => resolves.forEach((resolve) => resolve()));
  }
  return answer;
});

message('echo', (data) => data);
message('echo length', (data) => data.length);
message('large', (length) => 'x'.repeat(length));
message('types', ({ when, buffer, base64, ...rest }) => ({
  ...rest,
  when: new Date(when),
  buffer: Buffer.from(buffer),
  base64: Buffer.from(base64, 'base64').toString('base64'),
}));
message('wait', () => new Promise(() => {}));
message('pattern', (_, context) => patternOf(context));
message('headers', (_, context) => {
  if (context.getProducer) {
    const own = Object.entries(context.getMessage().headers);
    return Object.fromEntries(own.filter(([name]) => !name.startsWith('kafka_')));
  }
  if (context.getMessage) {
    return context.getMessage().properties.headers;
  }
  if (context.getPacket) {
    return { ...context.getPacket().properties?.userProperties };
  }
  const headers = [...(context.getHeaders() ?? [])];
  return Object.fromEntries(headers.map(([name, [value]]) => [name, value]));
});
message('metadata', (_, context) => context.getMetadata?.() ?? null);

Controller()(Application);
class Root {}
Module({ controllers: [Application] })(Root);

// What can be done.

const clients = [];
const applications = new Map();
const attending = [];
// A client of Redis up to Nest 11 does not wait for its good-bye, which may come too late.
process.on('unhandledRejection', (error) => {
  if (error?.message !== 'Connection is closed.') {
    throw error;
  }
});

// What Nest is told of a broker, and of what goes along with data.
const quickly = { maxWaitTimeInMs: 50, heartbeatInterval: 500 };
const TRANSPORTS = {
  kafka: (url, { group, ...options }) => ({
    transport: Transport.KAFKA,
    options: {
      client: { brokers: [new URL(url).host] },
      consumer: { groupId: group, ...quickly },
      ...options,
    },
  }),
  mqtt: (url, options) => ({
    transport: Transport.MQTT,
    options: { url, protocolVersion: 5, ...options },
  }),
  rabbitmq: (url, options) => ({
    transport: Transport.RMQ,
    options: {
      urls: [`amqp://${new URL(url).host}`],
      queue: new URL(url).pathname.slice(1),
      ...options,
    },
  }),
  nats: (url, options) => ({
    transport: Transport.NATS,
    options: { servers: [url], ...options },
  }),
  redis: (url, options) => ({
    transport: Transport.REDIS,
    options: { host: '127.0.0.1', port: Number(new URL(url).port), ...options },
  }),
};

async function attend({ over, url, ...options }) {
  const app = await NestFactory.createMicroservice(Root, TRANSPORTS[over](url, options));
  await app.listen();
  return attending.push(app) - 1;
}

const COMMANDS = {
  attend,
  async leave({ which }) {
    await attending[which].close();
  },
  async reach({ over, url, patterns, ...options }) {
    const client = ClientProxyFactory.create(TRANSPORTS[over](url, options));
    if (over === 'kafka') {
      patterns.forEach((pattern) => client.subscribeToResponseOf(pattern));
      await client.connect();
    }
    if (over === 'mqtt') {
      // Nest leaves a topic of replies once nobody waits there, even while another call
      // begins to, whose reply is lost then: ClientMqtt, unsubscribeFromChannel.
      client.unsubscribeFromChannel = () => {};
    }
    return clients.push(client) - 1;
  },
  async listen({ port, tls, hooks, ...bounds }) {
    const app = await NestFactory.createMicroservice(Root, {
      transport: Transport.TCP,
      // Nest 10 takes a port of 0, but not of '0', for one that is not given.
      options: { host: '127.0.0.1', port: String(port), tlsOptions: tls, ...bounds },
    });
    if (hooks) {
      app.enableShutdownHooks();
    }
    const server = app.serverInstance ?? app.server;
    await app.listen();
    const address = server.server.address(); // of a Unix socket it is the path
    const listening = address.port ?? address;
    applications.set(listening, app);
    return listening;
  },
  async shut({ port }) {
    await applications.get(port).close();
  },
  // Let the event loop turn, so that what has arrived is dealt with.
  turn: () => new Promise((resolve) => setTimeout(resolve, 20)),
  open({ port, tls, metadata }) {
    const client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port, tlsOptions: tls },
    });
    if (metadata !== undefined) {
      client.setOnDispatchHook((dispatched) => {
        dispatched.metadata = metadata;
      });
    }
    return clients.push(client) - 1;
  },
  observe({ client, pattern, data, first, within }) {
    const values = clients[client]
      .send(pattern, written(data))
      .pipe(within === undefined ? map((value) => value) : timeout(within));
    return observed(first === undefined ? values : values.pipe(take(first)));
  },
  emit({ client, pattern, data }) {
    return observed(clients[client].emit(pattern, written(data)));
  },
  // Calls with ever higher numbers, so many at once, until calls fail.
  async flood({ client, pattern, many }) {
    const answered = [];
    let next = 0;
    const call = (number) =>
      new Promise((resolve) =>
        clients[client].send(pattern, number).subscribe({
          next: () => answered.push(number),
          error: () => resolve(false),
          complete: () => resolve(true),
        }),
      );
    const goOn = async () => {
      while (await call(next++));
    };
    await Promise.all(Array.from({ length: many }, goOn));
    return answered;
  },
  async close({ client }) {
    await clients[client].close(); // of brokers it says good-bye
  },
};

// The package of NATS that this Nest loads.
function nats() {
  try {
    return require('@nats-io/transport-node');
  } catch {
    return require('nats');
  }
}

// A text too long for a line of commands is told as {"repeat": text, "times": n}, and
// data with headers (over NATS, or whatever "over" says) as {"headers": {…}, "of": data}.
function written(data) {
  if (data?.over === 'rabbitmq') {
    return new RmqRecordBuilder(data.of).setOptions({ headers: data.headers }).build();
  }
  if (data?.over === 'kafka') {
    return { key: data.key, value: data.of, headers: data.headers };
  }
  if (data?.over === 'mqtt') {
    const properties = { userProperties: data.headers };
    return new MqttRecordBuilder(data.of).setProperties(properties).setQoS(1).build();
  }
  if (data?.headers !== undefined) {
    const headers = nats().headers();
    Object.entries(data.headers).forEach(([name, value]) => headers.set(name, value));
    return new NatsRecordBuilder(data.of).setHeaders(headers).build();
  }
  return data?.times === undefined ? data : data.repeat.repeat(data.times);
}

// … and one that comes back as its length and its SHA-256.
function told(value) {
  if (typeof value !== 'string' || value.length < 100_000) {
    return value;
  }
  const sha256 = createHash('sha256').update(value).digest('hex');
  return { length: value.length, sha256 };
}

function observed(values) {
  const notes = [];
  return new Promise((resolve) => {
    const end = (note) => resolve([...notes, note]);
    values.subscribe({
      next: (value) =>
        notes.push(value === undefined ? ['undefined'] : ['value', told(value)]),
      error: (error) =>
        end(['error', error instanceof Error ? error.message : error]),
      complete: () => end(['end']),
    });
  });
}

function answer(number, outcome) {
  process.stdout.write(`${JSON.stringify({ number, ...outcome })}\n`);
}

createInterface({ input: process.stdin }).on('line', async (line) => {
  const { number, does, ...rest } = JSON.parse(line);
  try {
    answer(number, { gives: (await COMMANDS[does](rest)) ?? null });
  } catch (error) {
    answer(number, { fails: String(error) });
  }
}).on('close', () => process.exit(0));
