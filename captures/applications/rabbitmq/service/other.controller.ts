import { Controller } from '@nestjs/common';
import { EventPattern, MessagePattern, Payload } from '@nestjs/microservices';

/** Handlers of another service, which happens to consume the same queue. */
@Controller()
export class OtherController {
  @MessagePattern('invoice')
  invoice(@Payload() data: unknown): unknown {
    return data;
  }

  @EventPattern('paid')
  paid(@Payload() _data: unknown): void {}
}
