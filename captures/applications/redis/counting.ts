/**
 * Counts what a Nest process over Redis sends, handles and receives, while it runs.
 *
 * Loaded with `node --require`. A message of Redis is seen where Nest hands it to the
 * client library or is handed it: nothing here has seen a byte of the wire.
 */
import { ClientRedis, RedisContext, ServerRedis } from '@nestjs/microservices';
import {
  handOver,
  watchClient,
  watchConnections,
  watchServer,
  type Method,
} from '../brokers/counting';
import { kept, now, statuses, traffic } from '../brokers/ledger';

/** One, or all those to which the library subscribes again on a new connection. */
type Channels = string | string[];

/** A connection of the client library, as far as Nest uses it. */
interface Link {
  publish(channel: Channels, ...rest: unknown[]): unknown;
  subscribe(channel: Channels, ...rest: unknown[]): unknown;
  psubscribe(pattern: Channels, ...rest: unknown[]): unknown;
  unsubscribe(channel: Channels, ...rest: unknown[]): unknown;
  on(event: string, listener: Method): unknown;
}

const COUNTED = {
  publish: 'published',
  subscribe: 'subscribed',
  psubscribe: 'subscribed',
  unsubscribe: 'unsubscribed',
} as const;

watchClient(ClientRedis.prototype);

watchServer(ServerRedis.prototype, (context: RedisContext) => ({
  channel: context.getChannel(),
}));

function counted(link: Link): Link {
  for (const [name, count] of Object.entries(COUNTED)) {
    const method = link[name as keyof typeof COUNTED];
    link[name as keyof typeof COUNTED] = (channels, ...rest) => {
      for (const channel of [channels].flat()) {
        traffic.count(count, channel);
      }
      handOver(); // a call subscribes first, and is published once it may be
      return method.call(link, channels, ...rest);
    };
  }
  countMessages(link);
  for (const event of ['error', 'reconnecting', 'end']) {
    link.on(event, ((what: unknown) =>
      statuses.push({ at: now(), status: kept({ event, what }) })) as Method);
  }
  return link;
}

function countMessages(link: Link): void {
  link.on('message', ((channel: string) =>
    traffic.count('delivered', channel)) as Method);
  link.on('pmessage', ((_pattern: string, channel: string) =>
    traffic.count('delivered', channel)) as Method);
}

watchConnections(ClientRedis.prototype, 'createClient', counted);
watchConnections(ServerRedis.prototype, 'createRedisClient', counted);
