import { NestFactory } from '@nestjs/core';
import { HTTP_PORT } from '../../ports';
import { SumModule } from './sum.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(SumModule);
  process.once('SIGTERM', () => app.close());
  await app.listen(HTTP_PORT, '127.0.0.1');
}

void bootstrap();
