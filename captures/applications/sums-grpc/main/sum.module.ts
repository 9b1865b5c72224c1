import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { options } from '../options';
import { SumController } from './sum.controller';

@Module({
  imports: [
    ClientsModule.register([
      { name: 'CALCULATOR', transport: Transport.GRPC, options },
    ]),
  ],
  controllers: [SumController],
})
export class SumModule {}
