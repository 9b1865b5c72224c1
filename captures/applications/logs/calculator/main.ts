import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { CALC_PORT } from '../../ports';
import { CalculatorModule } from './calculator.module';
import { IdDeserializer } from './id.deserializer';
import { CallLogger } from './call.interceptor';
import { shippersTo } from './shipping';

async function bootstrap(): Promise<void> {
  const shippers = shippersTo(process.env.LOG_TO ?? '');
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(
    CalculatorModule,
    {
      transport: Transport.TCP,
      options: {
        host: '127.0.0.1',
        port: CALC_PORT,
        deserializer: new IdDeserializer(),
      },
    },
  );
  app.useGlobalInterceptors(new CallLogger(shippers));
  process.once('SIGTERM', async () => {
    await app.close();
    await Promise.all(shippers.map((shipper) => shipper.close()));
  });
  await app.listen();
}

void bootstrap();
