/** A service of gRPC with a method of every form. */

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { options } from '../options';
import { ServiceController } from './service.controller';

@Module({ controllers: [ServiceController] })
class ServiceModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    ServiceModule,
    { transport: Transport.GRPC, options },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
