import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CHAT_PORT } from '../../ports';
import { at, closeClients, GATEWAY_QUEUE } from '../contract';
import { ChatController, ChatGateway } from './chat.gateway';

@Module({ controllers: [ChatController], providers: [ChatGateway] })
class GatewayModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(GatewayModule);
  app.connectMicroservice(at(GATEWAY_QUEUE));
  process.once('SIGTERM', () => app.close().then(closeClients));
  await app.startAllMicroservices();
  await app.listen(CHAT_PORT, '127.0.0.1');
}

void bootstrap();
