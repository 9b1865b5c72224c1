/** Topics that have to be there before the programs, with as many partitions as asked. */

import { Kafka } from 'kafkajs';
import { client } from './broker';

/** Make topics; one that is there already stays as it is. */
export async function makeTopics(topics: string[], partitions: number): Promise<void> {
  const admin = new Kafka({ ...client, clientId: 'admin' }).admin();
  await admin.connect();
  const wanted = topics.map((topic) => ({ topic, numPartitions: partitions }));
  await admin.createTopics({ topics: wanted });
  await admin.disconnect();
}
