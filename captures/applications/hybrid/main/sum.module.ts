import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { CALC_PORT, NATS_URL } from '../../ports';
import { SumController } from './sum.controller';

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'CALCULATOR',
        transport: Transport.NATS,
        options: { servers: [NATS_URL] },
      },
      {
        name: 'JOURNAL',
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: CALC_PORT },
      },
    ]),
  ],
  controllers: [SumController],
})
export class SumModule {}
