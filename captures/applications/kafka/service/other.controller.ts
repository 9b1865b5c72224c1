import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** Handlers of a service that shares partitions with others of its group. */
@Controller()
export class OtherController {
  @EventPattern('log')
  log(@Payload() _text: string): void {}
}
