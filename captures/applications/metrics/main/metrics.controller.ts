import {
  BadRequestException,
  Controller,
  Get,
  Header,
  Inject,
  Param,
  ParseIntPipe,
  Query,
} from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import { register } from 'prom-client';
import type { Observable } from 'rxjs';

@Controller()
export class MetricsController {
  constructor(@Inject('CALCULATOR') private readonly calculator: ClientProxy) {}

  @Get('sum')
  sum(@Query('num') num: string): Observable<number> {
    const numbers = num.split(',').map(Number);
    this.calculator.emit('log', '求和1111');
    return this.calculator.send<number>('sum', numbers);
  }

  @Get('doubles/:number')
  double(@Param('number', ParseIntPipe) number: number): Observable<number> {
    if (number > 1_000_000) {
      throw new BadRequestException('number is too large');
    }
    return this.calculator.send<number>('sum', [number, number]);
  }

  @Get('metrics')
  @Header('content-type', register.contentType)
  metrics(): Promise<string> {
    return register.metrics();
  }
}
