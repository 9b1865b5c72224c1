import { NestFactory } from '@nestjs/core';
import { SumModule } from './sum.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(SumModule);
  process.once('SIGTERM', () => app.close());
  await app.listen(3000, '127.0.0.1');
}

void bootstrap();
