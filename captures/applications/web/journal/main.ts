import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { LOG_PORT } from '../../ports';
import { JournalModule } from './journal.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    JournalModule,
    {
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port: LOG_PORT },
    },
  );
  process.once('SIGTERM', () => app.close());
  await app.listen();
}

void bootstrap();
