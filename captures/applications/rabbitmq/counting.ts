/**
 * Counts what a Nest process over RabbitMQ sends and handles, while it runs.
 *
 * Loaded with `node --require`. A message is seen where Nest hands it to the client
 * library or is handed it: nothing here has seen a byte of the wire.
 */
import { ClientRMQ, RmqContext, RmqRecord, ServerRMQ } from '@nestjs/microservices';
import { handOver, watchClient, watchServer, wrap } from '../brokers/counting';
import { traffic } from '../brokers/ledger';

type Words = unknown[];

/** A channel of the client library, as far as Nest's client uses it. */
interface Channel {
  publish(exchange: string, key: string, ...rest: Words): unknown;
  sendToQueue(queue: string, ...rest: Words): unknown;
}

interface Client {
  channel: Channel;
  createChannel(...words: Words): unknown;
}

interface Server {
  handleMessage(message: { fields?: { routingKey: string } } | null, ...rest: Words): unknown;
}

function headersOf(headers: object | undefined): Record<string, string[]> | undefined {
  const known = Object.entries(headers ?? {});
  return known.length
    ? Object.fromEntries(known.map(([name, value]) => [name, [String(value)]]))
    : undefined;
}

watchClient(ClientRMQ.prototype, (data) =>
  data instanceof RmqRecord
    ? { data: data.data, headers: headersOf(data.options?.headers) }
    : { data },
);

watchServer(ServerRMQ.prototype, (context: RmqContext) => ({
  channel: (context.getMessage() as { fields: { routingKey: string } }).fields.routingKey,
  headers: headersOf(
    (context.getMessage() as { properties: { headers?: object } }).properties.headers,
  ),
}));

wrap(
  ClientRMQ.prototype as unknown as Client,
  'createChannel',
  (create) =>
    function (this: Client, ...words) {
      const created = create.apply(this, words);
      const { channel } = this;
      const { publish, sendToQueue } = channel;
      channel.publish = (exchange, key, ...rest) => {
        traffic.count('published', key);
        handOver();
        return publish.call(channel, exchange, key, ...rest);
      };
      channel.sendToQueue = (queue, ...rest) => {
        traffic.count('published', queue);
        handOver();
        return sendToQueue.call(channel, queue, ...rest);
      };
      return created;
    },
);

wrap(
  ServerRMQ.prototype as unknown as Server,
  'handleMessage',
  (handle) =>
    function (this: Server, message, ...rest) {
      if (message?.fields) {
        traffic.count('delivered', message.fields.routingKey);
      }
      return handle.call(this, message, ...rest);
    },
);
