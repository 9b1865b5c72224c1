import { Controller, Get, Logger, Query } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';

@Controller()
export class CalculatorController {
  private readonly logger = new Logger(CalculatorController.name);

  @Get('sum')
  asked(@Query('num') num: string): number {
    return this.sum(num.split(',').map(Number));
  }

  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @EventPattern('log')
  log(@Payload() text: string): void {
    this.logger.log(text);
  }
}
