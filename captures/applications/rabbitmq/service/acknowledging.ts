import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { RmqContext } from '@nestjs/microservices';
import { finalize, type Observable } from 'rxjs';

/** Acknowledges each message after the work, but for a few patterns. */
export class Acknowledging implements NestInterceptor {
  intercept(execution: ExecutionContext, next: CallHandler): Observable<unknown> {
    const context = execution.switchToRpc().getContext<RmqContext>();
    return next.handle().pipe(finalize(() => settle(context)));
  }
}

function settle(context: RmqContext): void {
  const channel = context.getChannelRef();
  const message = context.getMessage() as unknown as {
    fields: { redelivered: boolean };
  };
  switch (context.getPattern()) {
    case 'again': // the first time it is given back
      return message.fields.redelivered
        ? channel.ack(message)
        : channel.nack(message, false, true);
    case 'drop':
      return channel.reject(message, false);
    case 'keep': // until the service ends
      return undefined;
    default:
      return channel.ack(message);
  }
}
