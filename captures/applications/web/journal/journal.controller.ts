import { Controller, Logger } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

@Controller()
export class JournalController {
  private readonly logger = new Logger(JournalController.name);

  @EventPattern('log')
  log(@Payload() text: string): void {
    this.logger.log(text);
  }
}
