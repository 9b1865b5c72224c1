import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** A handler whose wildcard covers the topics of replies, too. */
@Controller()
export class ListenerController {
  @EventPattern('sum/#')
  hear(@Payload() _data: unknown): void {}
}
