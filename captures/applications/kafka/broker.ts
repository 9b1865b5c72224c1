/** Which broker a program talks to, how, and as whom, as the environment says. */

import { connect as connectSocket, type Socket } from 'node:net';
import {
  CompressionTypes,
  type ISocketFactory,
  type KafkaConfig,
  type SASLOptions,
} from 'kafkajs';

const { ACKS, BROKER, BROKER_PASSWORD, BROKER_USER, COMPRESSION, GROUP, ROLE } =
  process.env;
const { MAX_BYTES, MAX_WAIT, PACE } = process.env;

const API_KEY = 4; // bytes before it in a request
const FETCH = 1;

const sasl: SASLOptions | undefined = BROKER_USER
  ? { mechanism: 'plain', username: BROKER_USER, password: BROKER_PASSWORD! }
  : undefined;

/** A connection whose polls begin a little later: not every broker lets them wait. */
const paced: ISocketFactory = ({ host, port, onConnect }): Socket => {
  const socket = connectSocket(port, host, onConnect);
  const write = socket.write.bind(socket) as (...words: unknown[]) => boolean;
  socket.write = ((data: Uint8Array, ...rest: unknown[]) => {
    if (Buffer.from(data).readInt16BE(API_KEY) !== FETCH) {
      return write(data, ...rest);
    }
    setTimeout(() => socket.destroyed || write(data, ...rest), Number(PACE));
    return true;
  }) as typeof socket.write;
  return socket;
};

export const client: KafkaConfig = {
  clientId: ROLE!,
  brokers: [BROKER!],
  retry: { initialRetryTime: 100, retries: 8 },
  ...(sasl && { sasl }),
  ...(PACE && { socketFactory: paced }),
};

export const options = {
  client,
  consumer: {
    groupId: GROUP ?? ROLE!,
    // A broker answers a poll without records only then; by default, after 5 s.
    maxWaitTimeInMs: Number(MAX_WAIT ?? 100),
    ...(MAX_BYTES && { maxBytesPerPartition: Number(MAX_BYTES) }),
    sessionTimeout: 6_000,
    heartbeatInterval: 1_000,
  },
  // What a partition holds before a group has committed anything is not skipped.
  subscribe: { fromBeginning: true },
  send: {
    acks: Number(ACKS ?? -1),
    ...(COMPRESSION && { compression: CompressionTypes.GZIP }),
  },
};
