import {
  type ClientProxy,
  ClientProxyFactory,
  Transport,
  type RmqOptions,
} from '@nestjs/microservices';
import { AMQP_URL } from '../ports';

/** What somebody says in a room. */
export interface Said {
  room: string;
  text: string;
}

/** What travels to a worker: whom the answer is for goes with it. */
export interface Sent extends Said {
  metadata: { socket_id: string; gateway: string };
}

/** What comes back: with its number in the room. */
export interface Received extends Sent {
  number: number;
}

/** The queue of this gateway, and the rooms of this worker or archive. */
export const GATEWAY_QUEUE = process.env.GATEWAY_QUEUE ?? 'chat-gateway';
export const ROOMS = (process.env.ROOMS ?? 'tea').split(',');

/** A queue to serve, or to send to. */
export function at(queue: string, noAck = true): RmqOptions {
  const options = { urls: [AMQP_URL], queue, noAck, queueOptions: { durable: true } };
  return { transport: Transport.RMQ, options };
}

const clients = new Map<string, ClientProxy>();

/** Return the client of a queue, connected when it is first needed. */
export function client(queue: string): ClientProxy {
  let found = clients.get(queue);
  if (!found) {
    found = ClientProxyFactory.create(at(queue));
    clients.set(queue, found);
  }
  return found;
}

export async function closeClients(): Promise<void> {
  await Promise.all([...clients.values()].map((each) => each.close()));
}
