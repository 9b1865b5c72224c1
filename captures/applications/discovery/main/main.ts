import { Controller, Get, Module, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Observable } from 'rxjs';
import { HTTP_PORT } from '../../ports';
import { Calculators } from './calculators';

@Controller()
class SumController {
  constructor(private readonly calculators: Calculators) {}

  @Get('sum')
  sum(@Query('num') num: string): Observable<number> {
    const calculator = this.calculators.next();
    calculator.emit('log', '求和1111');
    return calculator.send<number>('sum', num.split(',').map(Number));
  }

  @Get('servers')
  servers(): string[] {
    return this.calculators.addresses;
  }
}

@Module({ controllers: [SumController], providers: [Calculators] })
class MainModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(MainModule);
  process.once('SIGTERM', () => app.close());
  await app.listen(HTTP_PORT, '127.0.0.1');
}

void bootstrap();
