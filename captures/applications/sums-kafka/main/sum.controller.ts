import { Controller, Get, Inject, OnModuleInit, Query } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import type { Observable } from 'rxjs';

@Controller()
export class SumController implements OnModuleInit {
  constructor(@Inject('CALCULATOR') private readonly calculator: ClientKafka) {}

  /** Kafka has topics for replies, to which a client subscribes before it connects. */
  async onModuleInit(): Promise<void> {
    this.calculator.subscribeToResponseOf('sum');
    await this.calculator.connect();
  }

  /** The sum, which arrives as text. */
  @Get('sum')
  sum(@Query('num') num: string): Observable<string> {
    const numbers = num.split(',').map(Number);
    this.calculator.emit('log', '求和1111');
    return this.calculator.send<string>('sum', numbers);
  }
}
