/** A microservice with every kind of handler, or with those that HANDLERS names. */

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { broker, subscribeOptions } from '../broker';
import { ListenerController } from './listener.controller';
import { ServiceController } from './service.controller';

const chosen =
  process.env.HANDLERS === 'listener' ? ListenerController : ServiceController;

@Module({ controllers: [chosen] })
class ServiceModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    ServiceModule,
    { transport: Transport.MQTT, options: { ...broker, subscribeOptions } },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
