import { Controller, Get, Inject, OnModuleInit, Query } from '@nestjs/common';
import { ClientGrpc } from '@nestjs/microservices';
import { map, type Observable, toArray } from 'rxjs';
import type { Numbers, Total } from '../options';

interface Calculator {
  sum(numbers: Numbers): Observable<Total>;
  totals(numbers: Numbers): Observable<Total>;
}

const read = (num: string): Numbers => ({ values: num.split(',').map(Number) });

@Controller()
export class SumController implements OnModuleInit {
  private calculator!: Calculator;

  constructor(@Inject('CALCULATOR') private readonly client: ClientGrpc) {}

  onModuleInit(): void {
    this.calculator = this.client.getService<Calculator>('Calculator');
  }

  @Get('sum')
  sum(@Query('num') num: string): Observable<number> {
    return this.calculator.sum(read(num)).pipe(map(({ value }) => value));
  }

  @Get('totals')
  totals(@Query('num') num: string): Observable<number[]> {
    return this.calculator
      .totals(read(num))
      .pipe(map(({ value }) => value), toArray());
  }
}
