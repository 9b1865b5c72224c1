// Nest 12 as a server and as a client, for servers.py.
//
//     node participants.mjs FOLDER serve|bare|ws|socketio|call [URL]
//
// FOLDER holds node_modules.
//
// serve: an application with a controller; bare: the class ServerTCP alone, with the
// same handlers; ws and socketio: a gateway. They print {"port": …}. call: for each line {"port","in_flight",
// "seconds"} one with {"calls","seconds","p99"} comes out. With the URL of a broker,
// both meet there; what is said of the port then says nothing.

import { createRequire } from 'node:module';
import path from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(path.resolve(process.argv[2], 'index.js'));
require('reflect-metadata');
const { Controller, Logger, Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { ClientProxyFactory, MessagePattern, Payload, ServerTCP, Transport } =
  require('@nestjs/microservices');
const { lastValueFrom } = require('rxjs');

Logger.overrideLogger(false);

const HANDLERS = {
  plain: (numbers) => numbers.reduce((sum, number) => sum + number, 0),
  async: async (numbers) => numbers.reduce((sum, number) => sum + number, 0),
};
const ADDRESS = { host: '127.0.0.1', port: '0' };
const URL_OF_BROKER = process.argv[4] && new URL(process.argv[4]);

// How a service or a client uses the broker, or TCP at an address.
function transport(address) {
  if (URL_OF_BROKER?.protocol === 'nats:') {
    return { transport: Transport.NATS, options: { servers: [URL_OF_BROKER.href] } };
  }
  if (URL_OF_BROKER?.protocol === 'redis:') {
    const port = Number(URL_OF_BROKER.port);
    return { transport: Transport.REDIS, options: { host: '127.0.0.1', port } };
  }
  if (URL_OF_BROKER?.protocol === 'mqtt:') {
    return { transport: Transport.MQTT, options: { url: `mqtt://${URL_OF_BROKER.host}` } };
  }
  if (URL_OF_BROKER?.protocol === 'kafka:') {
    const client = { brokers: [URL_OF_BROKER.host], logLevel: 0 };
    const subscribe = { fromBeginning: true }; // what comes before a group is complete
    return { transport: Transport.KAFKA, options: { client, subscribe } };
  }
  if (URL_OF_BROKER?.protocol === 'amqp:') {
    const urls = [`amqp://${URL_OF_BROKER.host}`];
    const queue = URL_OF_BROKER.pathname.slice(1);
    return { transport: Transport.RMQ, options: { urls, queue } };
  }
  return { transport: Transport.TCP, options: address };
}

async function serve() {
  class Application {}
  for (const [name, handler] of Object.entries(HANDLERS)) {
    Application.prototype[name] = handler;
    const descriptor = Object.getOwnPropertyDescriptor(Application.prototype, name);
    MessagePattern(name)(Application.prototype, name, descriptor);
    Payload()(Application.prototype, name, 0);
  }
  Controller()(Application);
  class Root {}
  Module({ controllers: [Application] })(Root);
  const app = await NestFactory.createMicroservice(Root, transport(ADDRESS));
  await app.listen();
  return app.serverInstance ?? app.server;
}

async function bare() {
  const server = new ServerTCP(ADDRESS);
  for (const [name, handler] of Object.entries(HANDLERS)) {
    server.addHandler(name, handler);
  }
  await new Promise((resolve) => server.listen(resolve));
  return server;
}

// An application whose one gateway sums up numbers, by one of Nest's two adapters.
async function gateway(kind) {
  const { MessageBody, SubscribeMessage, WebSocketGateway } = require('@nestjs/websockets');
  class Application {
    plain(numbers) {
      const data = HANDLERS.plain(numbers);
      return kind === 'ws' ? { event: 'plain', data } : data;
    }
  }
  const descriptor = Object.getOwnPropertyDescriptor(Application.prototype, 'plain');
  SubscribeMessage('plain')(Application.prototype, 'plain', descriptor);
  MessageBody()(Application.prototype, 'plain', 0);
  WebSocketGateway()(Application);
  class Root {}
  Module({ providers: [Application] })(Root);
  const app = await NestFactory.create(Root);
  if (kind === 'ws') {
    const { WsAdapter } = require('@nestjs/platform-ws');
    app.useWebSocketAdapter(new WsAdapter(app));
  }
  return await app.listen(0, ADDRESS.host);
}

// Subscribe to replies until the client is closed. Nest unsubscribes when no call of a
// pattern waits, while the next one subscribes: if a batch of replies ends all calls
// at once, the first may overtake the second, and calls wait for ever.
async function holdReplies(client) {
  await client.unwrap().subscribeAsync('plain/reply');
  client.subscriptionsCount.set('plain/reply', 1);
}

async function call({ port, in_flight, seconds }) {
  const client = ClientProxyFactory.create(transport({ host: '127.0.0.1', port }));
  client.subscribeToResponseOf?.('plain'); // of Kafka alone
  await client.connect();
  if (URL_OF_BROKER?.protocol === 'mqtt:' && in_flight > 1) {
    await holdReplies(client);
  }
  const times = [];
  const begun = performance.now();
  const end = begun + seconds * 1000;
  async function caller() {
    for (let now = performance.now(); now < end; ) {
      const value = await lastValueFrom(client.send('plain', [1, 2, 3]));
      if (Number(value) !== 6) {
        throw new Error(`expected 6, got ${value}`);
      }
      const then = now;
      now = performance.now();
      times.push(now - then);
    }
  }
  await Promise.all(Array.from({ length: in_flight }, caller));
  const took = (performance.now() - begun) / 1000;
  await client.close();
  times.sort((one, other) => one - other);
  const p99 = times[Math.ceil(times.length * 0.99) - 1] / 1000;
  return { calls: times.length, seconds: took, p99 };
}

const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

const role = process.argv[3];
if (role === 'call') {
  for await (const line of createInterface({ input: process.stdin })) {
    say(await call(JSON.parse(line)));
  }
} else if (role === 'ws' || role === 'socketio') {
  const server = await gateway(role);
  say({ port: server.address().port });
} else {
  const server = await (role === 'bare' ? bare() : serve());
  say({ port: server.server?.address?.().port ?? 0 });
}
