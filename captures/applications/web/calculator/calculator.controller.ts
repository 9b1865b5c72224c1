import { Controller, Inject } from '@nestjs/common';
import { ClientProxy, MessagePattern, Payload } from '@nestjs/microservices';

@Controller()
export class CalculatorController {
  constructor(@Inject('JOURNAL') private readonly journal: ClientProxy) {}

  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    const total = numbers.reduce((sum, number) => sum + number, 0);
    this.journal.emit('log', { numbers, total });
    return total;
  }

  @MessagePattern('divide')
  divide(): number {
    throw new Error('division by zero');
  }
}
