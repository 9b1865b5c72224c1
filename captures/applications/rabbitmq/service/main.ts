/** A microservice with every kind of handler, or with those of HANDLERS. */

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { broker } from '../broker';
import { Acknowledging } from './acknowledging';
import { OtherController } from './other.controller';
import { ServiceController } from './service.controller';

const chosen = process.env.HANDLERS === 'other' ? OtherController : ServiceController;

@Module({ controllers: [chosen] })
class ServiceModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    ServiceModule,
    { transport: Transport.RMQ, options: broker },
  );
  if (broker.noAck === false) {
    app.useGlobalInterceptors(new Acknowledging());
  }
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
