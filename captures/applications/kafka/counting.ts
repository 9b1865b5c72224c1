/**
 * Counts what a Nest process over Kafka sends, handles and receives, while it runs.
 *
 * Loaded with `node --require`. A record is seen where Nest hands it to the client
 * library or is handed it: nothing here has seen a byte of the wire. When a consumer has
 * joined its group, the file `READY` says so.
 */
import { writeFileSync } from 'node:fs';
import { ClientKafka, KafkaContext, ServerKafka } from '@nestjs/microservices';
import type { Consumer, ConsumerRunConfig, Kafka, Producer } from 'kafkajs';
import { watchClient, watchConnections, watchServer, wrap } from '../brokers/counting';
import { calls, kept, now, statuses, traffic } from '../brokers/ledger';

type Headers = Record<string, unknown>;

function lists(headers: Headers | undefined): Record<string, string[]> | undefined {
  const own = Object.entries(headers ?? {}).filter(
    ([name]) => !name.startsWith('kafka_'),
  );
  return own.length === 0
    ? undefined
    : Object.fromEntries(own.map(([name, value]) => [name, [String(value)]]));
}

function isRecord(data: unknown): data is { value: unknown; headers?: Headers } {
  return typeof data === 'object' && data !== null && 'value' in data;
}

// Nest makes the value of a record text in place.
watchClient(ClientKafka.prototype, (data) =>
  isRecord(data)
    ? { data: data.value, headers: lists(data.headers) }
    : { data },
);

/** Each message of a batch is an event of its own. */
wrap(
  ClientKafka.prototype,
  'emitBatch',
  (emit) =>
    function (this: ClientKafka, pattern: unknown, batch: { messages: unknown[] }) {
      for (const each of batch.messages) {
        calls.push({
          kind: 'event',
          pattern: kept(pattern),
          data: kept(isRecord(each) ? each.value : each),
          headers: isRecord(each) ? lists(each.headers) : undefined,
          began: now(),
          ended: now(),
          handed: true,
          values: [],
          end: 'completed',
        });
      }
      return emit.call(this, pattern, batch as never);
    } as typeof emit,
);

watchServer(ServerKafka.prototype, (context: KafkaContext) => ({
  channel: context.getTopic(),
  partition: context.getPartition(),
  offset: context.getMessage().offset,
  headers: lists(context.getMessage().headers as Headers),
}));

function countedProducer(producer: Producer): Producer {
  const { send } = producer;
  producer.send = async (record) => {
    for (const _ of record.messages) {
      traffic.count('published', record.topic);
    }
    return send.call(producer, record);
  };
  return producer;
}

function countedConsumer(consumer: Consumer): Consumer {
  const { run, subscribe } = consumer;
  consumer.subscribe = async (topics) => {
    for (const topic of 'topics' in topics ? topics.topics : [topics.topic]) {
      traffic.count('subscribed', String(topic));
    }
    return subscribe.call(consumer, topics);
  };
  consumer.run = async (config?: ConsumerRunConfig) => {
    const handle = config?.eachMessage;
    return run.call(consumer, {
      ...config,
      eachMessage: async (payload) => {
        traffic.count('delivered', payload.topic);
        return handle?.(payload);
      },
    });
  };
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    const { memberAssignment } = payload;
    statuses.push({ at: now(), status: { type: 'joined', memberAssignment } });
    if (process.env.READY) {
      writeFileSync(process.env.READY, JSON.stringify(memberAssignment));
    }
  });
  consumer.on(consumer.events.REBALANCING, () => {
    statuses.push({ at: now(), status: { type: 'rebalancing' } });
  });
  return consumer;
}

function counted(kafka: Kafka): Kafka {
  const { consumer, producer } = kafka;
  kafka.consumer = (config) => countedConsumer(consumer.call(kafka, config));
  kafka.producer = (config) => countedProducer(producer.call(kafka, config));
  return kafka;
}

watchConnections(ClientKafka.prototype, 'createClient', counted);
watchConnections(ServerKafka.prototype, 'createClient', counted);
