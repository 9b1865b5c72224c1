import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { at, ROOMS, type Said } from '../contract';

const rooms = new Map<string, string[]>();

@Controller()
class ArchiveController {
  @MessagePattern({ cmd: 'keep' })
  keep(@Payload() { room, text }: Said): number {
    const texts = rooms.get(room) ?? [];
    rooms.set(room, texts);
    return texts.push(text);
  }

  @MessagePattern({ cmd: 'history' })
  history(@Payload() { room }: { room: string }): string[] {
    return rooms.get(room) ?? [];
  }
}

@Module({ controllers: [ArchiveController] })
class ArchiveModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(ArchiveModule);
  ROOMS.forEach((room) => app.connectMicroservice(at(`chat-archive-${room}`)));
  process.once('SIGTERM', () => app.close());
  await app.startAllMicroservices();
}

void bootstrap();
