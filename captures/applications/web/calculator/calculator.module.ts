import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { LOG_PORT } from '../../ports';
import { CalculatorController } from './calculator.controller';

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'JOURNAL',
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: LOG_PORT },
      },
    ]),
  ],
  controllers: [CalculatorController],
})
export class CalculatorModule {}
