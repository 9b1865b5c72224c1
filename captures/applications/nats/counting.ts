/**
 * Counts what a Nest process over NATS sends, handles and receives, while it runs.
 *
 * Loaded with `node --require`. A message of NATS is seen where Nest hands it to the
 * client library or is handed it: nothing here has seen a byte of the wire.
 */
import { ClientNats, NatsContext, NatsRecord, ServerNats } from '@nestjs/microservices';
import { handOver, watchClient, watchConnections, watchServer } from '../brokers/counting';
import { kept, keptHeaders, now, statuses, traffic } from '../brokers/ledger';

type Callback = (error: unknown, message: Message) => unknown;

/** A message that the client library hands over. */
interface Message {
  subject: string;
  reply?: string;
  respond(...words: unknown[]): unknown;
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

watchClient(ClientNats.prototype, (data) =>
  data instanceof NatsRecord
    ? { data: data.data, headers: keptHeaders(data.headers as never) }
    : { data },
);

watchServer(ServerNats.prototype, (context: NatsContext) => ({
  subject: context.getSubject(),
  headers: keptHeaders(context.getHeaders() as never),
}));

function counted(link: Link): Link {
  const { publish, subscribe } = link;
  link.publish = (subject, ...rest) => {
    const published = publish.call(link, subject, ...rest);
    traffic.count('published', subject);
    handOver();
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

watchConnections(ClientNats.prototype, 'createClient', counted);
watchConnections(ServerNats.prototype, 'createNatsClient', counted);
