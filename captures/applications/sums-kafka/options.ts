/** The broker, for both programs. */

import { KAFKA_BROKER } from '../ports';

export const options = {
  client: { clientId: 'sums', brokers: [KAFKA_BROKER] },
  consumer: { groupId: 'calc', maxWaitTimeInMs: 200, allowAutoTopicCreation: true },
  subscribe: { fromBeginning: true },
};
