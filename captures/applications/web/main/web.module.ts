import { Module } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { CALC_PORT } from '../../ports';
import { WebController } from './web.controller';

@Module({
  imports: [
    ClientsModule.register([
      {
        name: 'CALCULATOR',
        transport: Transport.TCP,
        options: { host: '127.0.0.1', port: CALC_PORT },
      },
    ]),
  ],
  controllers: [WebController],
})
export class WebModule {}
