import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { WebSocketGateway } from '@nestjs/websockets';
import { EVENTS_WS_PORT } from '../../ports';
import { Events } from '../events.gateway';

@WebSocketGateway()
class EventsGateway extends Events {}

@Module({ providers: [EventsGateway] })
class EventsModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(EventsModule);
  app.useWebSocketAdapter(new WsAdapter(app));
  process.once('SIGTERM', () => app.close());
  await app.listen(EVENTS_WS_PORT, '127.0.0.1');
}

void bootstrap();
