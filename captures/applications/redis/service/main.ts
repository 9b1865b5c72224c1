/** A microservice with every kind of handler; with WILDCARDS=1 only such as have one. */

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { broker } from '../broker';
import { ServiceController } from './service.controller';
import { EverythingController, WildcardsController } from './wildcards.controller';

const CHOICES = {
  wildcards: WildcardsController,
  everything: EverythingController,
};
const chosen =
  CHOICES[process.env.HANDLERS as keyof typeof CHOICES] ?? ServiceController;

@Module({ controllers: [chosen] })
class ServiceModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    ServiceModule,
    { transport: Transport.REDIS, options: broker },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
