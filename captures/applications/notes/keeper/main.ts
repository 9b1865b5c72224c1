import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  EventPattern,
  MessagePattern,
  MicroserviceOptions,
  Payload,
  Transport,
} from '@nestjs/microservices';
import { KEEPER_PORT } from '../../ports';
import { type Change, type Joining, Notes } from '../notes';

@Controller()
class KeeperController {
  private readonly notes = new Notes();

  @EventPattern('note.updated')
  updated(@Payload() { room, update }: Change): void {
    this.notes.apply(room, update);
  }

  @MessagePattern('note.load')
  load(@Payload() { room, state }: Joining): string {
    return this.notes.lacking(room, state);
  }

  @MessagePattern('note.text')
  text(@Payload() { room }: { room: string }): string {
    return this.notes.text(room);
  }
}

@Module({ controllers: [KeeperController] })
class KeeperModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    KeeperModule,
    {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: KEEPER_PORT },
    },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
