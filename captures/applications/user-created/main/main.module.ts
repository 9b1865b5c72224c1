import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { MQTT_URL } from '../../ports';
import { UsersController } from './users.controller';

@Module({
  imports: [
    ClientsModule.register([
      { name: 'EVENTS', transport: Transport.MQTT, options: { url: MQTT_URL } },
    ]),
  ],
  controllers: [UsersController],
})
export class MainModule {}
