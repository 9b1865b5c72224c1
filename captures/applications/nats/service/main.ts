/** A microservice with every kind of handler, or with those of HANDLERS=spaces. */

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { broker, queue } from '../broker';
import { ServiceController } from './service.controller';
import { SpacesController } from './spaces.controller';

const chosen =
  process.env.HANDLERS === 'spaces' ? SpacesController : ServiceController;

@Module({ controllers: [chosen] })
class ServiceModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    ServiceModule,
    { transport: Transport.NATS, options: { ...broker, queue } },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
