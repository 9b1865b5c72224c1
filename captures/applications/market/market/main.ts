import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { MARKET_PORT } from '../../ports';
import { MarketController } from './market.controller';

@Module({ controllers: [MarketController] })
class MarketModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    MarketModule,
    {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: MARKET_PORT },
    },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
