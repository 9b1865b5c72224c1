/**
 * Counts what a Nest process over MQTT sends, handles and receives, while it runs.
 *
 * Loaded with `node --require`. A message of MQTT is seen where Nest hands it to the
 * client library or is handed it: nothing here has seen a byte of the wire.
 */
import { ClientMqtt, MqttContext, MqttRecord, ServerMqtt } from '@nestjs/microservices';
import { handOver, watchClient, watchConnections, watchServer } from '../brokers/counting';
import { kept, now, statuses, traffic } from '../brokers/ledger';

/** A connection of the client library, as far as Nest uses it. */
interface Link {
  publish(topic: string, ...rest: unknown[]): unknown;
  subscribe(topic: string | object, ...rest: unknown[]): unknown;
  unsubscribe(topic: string, ...rest: unknown[]): unknown;
  on(event: string, listener: (...words: never[]) => void): unknown;
}

type Properties = Record<string, string | string[]>;

const STATUSES = ['connect', 'reconnect', 'close', 'offline', 'disconnect', 'error'];

function lists(properties: Properties | undefined): Record<string, string[]> | undefined {
  const entries = Object.entries(properties ?? {});
  return entries.length === 0
    ? undefined
    : Object.fromEntries(entries.map(([name, value]) => [name, [value].flat()]));
}

// Nest takes the options off a record once it has them.
watchClient(ClientMqtt.prototype, (data) =>
  data instanceof MqttRecord
    ? {
        data: data.data,
        headers: lists(data.options?.properties?.userProperties as Properties),
      }
    : { data },
);

watchServer(ServerMqtt.prototype, (context: MqttContext) => ({
  channel: context.getTopic(),
  headers: lists(context.getPacket().properties?.userProperties as Properties),
}));

function counted(link: Link): Link {
  const { publish, subscribe, unsubscribe } = link;
  link.publish = (topic, ...rest) => {
    const published = publish.call(link, topic, ...rest);
    traffic.count('published', topic);
    handOver();
    return published;
  };
  link.subscribe = (topic, ...rest) => {
    // The library repeats what was subscribed to on a new connection, all at once.
    if (typeof topic === 'string') {
      traffic.count('subscribed', topic);
    }
    return subscribe.call(link, topic, ...rest);
  };
  link.unsubscribe = (topic, ...rest) => {
    traffic.count('unsubscribed', topic);
    return unsubscribe.call(link, topic, ...rest);
  };
  link.on('message', (topic: string) => traffic.count('delivered', topic));
  for (const type of STATUSES) {
    link.on(type, (said: unknown) => {
      const error = said instanceof Error ? { error: kept(said) } : {};
      statuses.push({ at: now(), status: { type, ...error } });
    });
  }
  return link;
}

watchConnections(ClientMqtt.prototype, 'createClient', counted);
watchConnections(ServerMqtt.prototype, 'createMqttClient', counted);
