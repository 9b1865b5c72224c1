import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload, RmqContext } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { at, client, closeClients, ROOMS, type Sent } from '../contract';

@Controller()
class WorkerController {
  @EventPattern({ cmd: 'send' })
  async send(@Payload() sent: Sent, @Ctx() context: RmqContext): Promise<void> {
    const { room, text, metadata } = sent;
    const archive = client(`chat-archive-${room}`);
    const number = await lastValueFrom(
      archive.send<number>({ cmd: 'keep' }, { room, text }),
    );
    const received = { room, text, metadata, number };
    await lastValueFrom(client(metadata.gateway).emit({ cmd: 'recv' }, received));
    context.getChannelRef().ack(context.getMessage());
  }
}

@Module({ controllers: [WorkerController] })
class WorkerModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(WorkerModule);
  ROOMS.forEach((room) => app.connectMicroservice(at(`chat-${room}`, false)));
  process.once('SIGTERM', () => app.close().then(closeClients));
  await app.startAllMicroservices();
}

void bootstrap();
