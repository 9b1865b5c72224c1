import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { KEEPER_PORT, NOTES_PORT } from '../../ports';
import { NotesGateway } from './notes.gateway';

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'KEEPER',
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: KEEPER_PORT },
      },
    ]),
  ],
  providers: [NotesGateway],
})
class HubModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(HubModule, { forceCloseConnections: true });
  app.useWebSocketAdapter(new WsAdapter(app));
  process.once('SIGTERM', () => app.close());
  await app.listen(NOTES_PORT, '127.0.0.1');
}

void bootstrap();
