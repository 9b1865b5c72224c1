/** A microservice with a handler for every case; without any if BARE is set. */

import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { options } from '../codecs';
import { CasesController } from './cases.controller';

@Module({ controllers: process.env.BARE ? [] : [CasesController] })
class CasesModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    CasesModule,
    { transport: Transport.TCP, options },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
