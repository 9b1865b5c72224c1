import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import type { Observable } from 'rxjs';

@Controller()
export class SumController {
  constructor(
    @Inject('CALCULATOR') private readonly calculator: ClientProxy,
    @Inject('JOURNAL') private readonly journal: ClientProxy,
  ) {}

  @Get('sum')
  sum(@Query('num') num: string): Observable<number> {
    const numbers = num.split(',').map(Number);
    this.journal.emit('log', '求和1111');
    return this.calculator.send<number>('sum', numbers);
  }
}
