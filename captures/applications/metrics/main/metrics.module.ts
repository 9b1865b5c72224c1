import { MiddlewareConsumer, Module, NestModule } from '@nestjs/common';
import { ClientsModule, Transport } from '@nestjs/microservices';
import { CALC_PORT } from '../../ports';
import { MetricsController } from './metrics.controller';
import { Timer } from './timer.middleware';

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
  controllers: [MetricsController],
})
export class MetricsModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(Timer).forRoutes('*all');
  }
}
