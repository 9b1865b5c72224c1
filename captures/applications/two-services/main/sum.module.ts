import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { SumController } from './sum.controller';

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'CALCULATOR',
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: 8888 },
      },
      {
        name: 'JOURNAL',
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: 9999 },
      },
    ]),
  ],
  controllers: [SumController],
})
export class SumModule {}
