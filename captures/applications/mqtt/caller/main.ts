/**
 * A client that takes the steps in STEPS.
 *
 * The headers of a step are user properties, but for `qos` and `retain`, which are
 * options of MQTT.
 */

import {
  ClientProxyFactory,
  MqttRecordBuilder,
  Transport,
} from '@nestjs/microservices';
import { run } from '../../brokers/steps';
import { broker } from '../broker';

function withOptions(data: unknown, words: Record<string, string>): unknown {
  const { qos, retain, ...userProperties } = words;
  const record = new MqttRecordBuilder(data)
    .setQoS(Number(qos ?? 0) as 0 | 1 | 2)
    .setRetain(retain !== undefined);
  if (Object.keys(userProperties).length > 0) {
    record.setProperties({ userProperties });
  }
  return record.build();
}

void run(
  ClientProxyFactory.create({ transport: Transport.MQTT, options: broker }),
  withOptions,
);
