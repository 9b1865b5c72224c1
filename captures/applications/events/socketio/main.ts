import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WebSocketGateway } from '@nestjs/websockets';
import { EVENTS_PORT } from '../../ports';
import { Events } from '../events.gateway';

@WebSocketGateway({ cors: true })
class EventsGateway extends Events {}

@Module({ providers: [EventsGateway] })
class EventsModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(EventsModule);
  process.once('SIGTERM', () => app.close());
  await app.listen(EVENTS_PORT, '127.0.0.1');
}

void bootstrap();
