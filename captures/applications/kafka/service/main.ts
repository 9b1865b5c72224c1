/** A microservice with every kind of handler, or with those of HANDLERS. */

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { options } from '../broker';
import { makeTopics } from '../topics';
import { OtherController } from './other.controller';
import { ServiceController } from './service.controller';

const { HANDLERS, PARTITIONS, TOPICS } = process.env;
const chosen = HANDLERS === 'other' ? OtherController : ServiceController;

@Module({ controllers: [chosen] })
class ServiceModule {}

async function bootstrap(): Promise<void> {
  if (TOPICS) {
    await makeTopics(TOPICS.split(' '), Number(PARTITIONS ?? 1));
  }
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    ServiceModule,
    { transport: Transport.KAFKA, options },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
