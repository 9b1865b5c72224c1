/** Which broker a program talks to, as whom and how, as the environment says. */
import type { RmqOptions } from '@nestjs/microservices';

type Options = NonNullable<RmqOptions['options']>;

const { BROKER, BROKER_USER, BROKER_PASSWORD, OPTIONS, QUEUE, ROLE } = process.env;
const user = BROKER_USER ? `${BROKER_USER}:${BROKER_PASSWORD}@` : '';

export const url = `amqp://${user}${BROKER}`;

/** The name that the broker knows a connection by. */
export const properties = { clientProperties: { connection_name: ROLE } };

/** What client and service agree on; OPTIONS is a JSON object with more of it. */
export const broker = {
  urls: [url],
  queue: QUEUE || 'cats_q',
  queueOptions: { durable: false },
  socketOptions: { connectionOptions: properties, reconnectTimeInSeconds: 1 },
  ...JSON.parse(OPTIONS ?? '{}'),
} as Options;
