import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';

/** Handlers whose subjects NATS does not allow, for their spaces, beside one it does. */
@Controller()
export class SpacesController {
  @MessagePattern({ cmd: 'two words' })
  object(@Payload() data: unknown): unknown {
    return data;
  }

  @MessagePattern('two words')
  text(@Payload() data: unknown): unknown {
    return data;
  }

  @MessagePattern('echo')
  echo(@Payload() data: unknown): unknown {
    return data;
  }
}
