import { NestFactory } from '@nestjs/core';
import { MicroserviceOptions, Transport } from '@nestjs/microservices';
import { MAILER_PORT, MQTT_URL } from '../../ports';
import { MailerModule } from './mailer.module';

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(MailerModule);
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.MQTT,
    options: {
      url: MQTT_URL,
      clientId: 'mailer',
      clean: false, // events wait at the broker while it is away
      subscribeOptions: { qos: 1 },
    },
  });
  process.once('SIGTERM', () => app.close());
  await app.startAllMicroservices();
  await app.listen(MAILER_PORT, '127.0.0.1');
}

void bootstrap();
