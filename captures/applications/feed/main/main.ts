import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HTTP_PORT } from '../../ports';
import { MarketClient } from '../../market/client';
import { FeedController } from './feed.controller';

@Module({ imports: [MarketClient], controllers: [FeedController] })
class FeedModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(FeedModule, { forceCloseConnections: true });
  process.once('SIGTERM', () => app.close());
  await app.listen(HTTP_PORT, '127.0.0.1');
}

void bootstrap();
