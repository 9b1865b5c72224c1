import { Controller, Logger } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';

@Controller()
export class CalculatorController {
  private readonly logger = new Logger(CalculatorController.name);

  @MessagePattern('sum')
  sum(@Payload() numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
  }

  @EventPattern('log')
  log(@Payload() text: string): void {
    this.logger.log(text);
  }
}
