/** A client that uses more of RabbitMQ than Nest does, with Nest's packets. */

import { setTimeout as pause } from 'node:timers/promises';
import {
  connect,
  type Channel,
  type ConfirmChannel,
  type GetMessage,
} from 'amqplib';
import { properties, url } from '../broker';

const PAUSE = 60;

function event(pattern: string, data: unknown): Buffer {
  return Buffer.from(JSON.stringify({ pattern, data }));
}

/** Publish to exchanges of every type, and to queues that are not there. */
async function publish(channel: ConfirmChannel): Promise<void> {
  channel.on('return', () => {});
  for (const [name, type] of [
    ['news', 'fanout'],
    ['by-head', 'headers'],
  ]) {
    await channel.assertExchange(name, type, { durable: false, autoDelete: true });
    for (const queue of [`${name}-1`, `${name}-2`]) {
      await channel.assertQueue(queue, { durable: false, autoDelete: true });
      await channel.bindQueue(queue, name, '', { 'x-match': 'all', kind: 'cat' });
      await channel.consume(queue, () => {}, { noAck: true });
    }
    channel.publish(name, '', event('born', name), { headers: { kind: 'cat' } });
    await channel.waitForConfirms();
  }
  for (let number = 0; number < 5; number += 1) {
    channel.publish('', 'nowhere', event('lost', number), { mandatory: true });
  }
  await channel.waitForConfirms();
}

/** Get messages, acknowledge several at once, and give the others back. */
async function take(channel: Channel): Promise<void> {
  const { queue } = await channel.assertQueue('', { exclusive: true });
  for (let number = 0; number < 6; number += 1) {
    channel.sendToQueue(queue, event('job', number));
  }
  await pause(PAUSE); // a get may overtake what was published
  const got = [];
  for (let number = 0; number < 5; number += 1) {
    got.push(await channel.get(queue));
  }
  const [, second, third, , fifth] = got as GetMessage[];
  channel.ack(second, true);
  channel.nack(third, false, true);
  channel.nack(fifth, true, false);
  await pause(PAUSE);
  for (let number = 0; number < 2; number += 1) {
    const message = await channel.get(queue);
    channel.ack(message as GetMessage);
  }
  await pause(PAUSE);
}

/** Ask for what is not there, which closes the channel. */
async function fail(open: () => Promise<Channel>): Promise<void> {
  const attempts = [
    (channel: Channel) => channel.checkQueue('nowhere'),
    (channel: Channel) => channel.assertQueue(process.env.QUEUE!, { durable: true }),
    (channel: Channel) => channel.checkExchange('no-exchange'),
  ];
  for (const attempt of attempts) {
    const channel = await open();
    channel.on('error', () => {});
    await attempt(channel).catch(() => {});
  }
}

async function main(): Promise<void> {
  const connection = await connect(url, properties);
  connection.on('error', () => {});
  await publish(await connection.createConfirmChannel());
  await take(await connection.createChannel());
  await fail(() => connection.createChannel() as Promise<Channel>);
  await connection.close();
}

void main();
