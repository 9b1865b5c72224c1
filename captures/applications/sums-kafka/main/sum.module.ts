import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { options } from '../options';
import { SumController } from './sum.controller';

@Module({
  imports: [
    ClientsModule.register([
      { name: 'CALCULATOR', transport: Transport.KAFKA, options },
    ]),
  ],
  controllers: [SumController],
})
export class SumModule {}
