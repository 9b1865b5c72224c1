/** Events that are emitted together; Nest's own client has no transactions. */

import { connect, type Channel } from 'amqplib';
import { AMQP_URL } from '../../ports';

/** Methods of the class `tx`, each followed by its `…-ok`; AMQP 0-9-1, 1.9. */
const TX = 90 << 16;
const [SELECT, COMMIT, ROLLBACK] = [10, 20, 30].map((method) => TX + method);

/** What amqplib has for each of its own methods, and does not declare. */
interface Asking extends Channel {
  rpc(method: number, fields: object, expected: number): Promise<unknown>;
}

function ask(channel: Channel, method: number): Promise<unknown> {
  return (channel as Asking).rpc(method, {}, method + 1);
}

export type Emit = (pattern: string, data: unknown) => void;

/** Commit what is emitted to a queue, or none of it if that throws. */
export async function inTransaction(
  queue: string,
  work: (emit: Emit) => void,
): Promise<void> {
  const connection = await connect(AMQP_URL);
  try {
    const channel = await connection.createChannel();
    await ask(channel, SELECT);
    try {
      work((pattern, data) => {
        const body = Buffer.from(JSON.stringify({ pattern, data }));
        channel.sendToQueue(queue, body, { persistent: true });
      });
    } catch (error) {
      await ask(channel, ROLLBACK);
      throw error;
    }
    await ask(channel, COMMIT);
  } finally {
    await connection.close();
  }
}
