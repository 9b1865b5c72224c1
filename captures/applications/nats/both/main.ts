/**
 * A microservice that asks others, and itself, to answer.
 *
 * It has a connection for its handlers and one for its questions, or one for both if
 * the environment has ONE_CONNECTION.
 */
import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientNats,
  MessagePattern,
  MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { broker, queue } from '../broker';

const OWN = process.env.OWN_PATTERN!;

/** A client that asks over the connection of the handlers. */
class SharingClient extends ClientNats {
  createClient(): Promise<never> {
    return Promise.resolve(server.unwrap<never>());
  }
}

let server: { unwrap<T>(): T; close(): Promise<void> };
const client = process.env.ONE_CONNECTION
  ? new SharingClient(broker)
  : new ClientNats(broker);

@Controller()
class BothController {
  @MessagePattern(OWN)
  relay(@Payload() question: { ask: string; data: unknown }): Promise<unknown> {
    return lastValueFrom(client.send(question.ask, question.data));
  }

  @MessagePattern(`${OWN}.own`)
  own(@Payload() data: unknown): unknown {
    return { from: OWN, data };
  }
}

@Module({ controllers: [BothController] })
class BothModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    BothModule,
    { transport: Transport.NATS, options: { ...broker, queue } },
  );
  server = app;
  process.once('SIGTERM', async () => {
    await client.close();
    await app.close();
  });
  await app.listen();
}

void bootstrap();
