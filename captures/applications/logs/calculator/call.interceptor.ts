import { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import type { TcpContext } from '@nestjs/microservices';
import { Observable, tap } from 'rxjs';
import type { Shipper } from './shipping';

/** What of a JsonSocket is used. */
interface Peer {
  socket: { remoteAddress?: string; remotePort?: number };
}

/** Logs every call once it has ended, a stream after its last value. */
export class CallLogger implements NestInterceptor {
  constructor(private readonly shippers: Shipper[]) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const begun = process.hrtime.bigint();
    const rpc: TcpContext = context.switchToRpc().getContext();
    return next.handle().pipe(
      tap({
        complete: () => this.log(rpc, begun),
        error: (error: Error) => this.log(rpc, begun, error),
      }),
    );
  }

  private log(rpc: TcpContext, begun: bigint, error?: Error): void {
    const { id } = (rpc.getMetadata() ?? {}) as { id?: string };
    const { remoteAddress: address, remotePort: port } = (
      rpc.getSocketRef() as unknown as Peer
    ).socket;
    const kind = id === undefined ? 'event' : 'message';
    const route = rpc.getPattern();
    const line = JSON.stringify({
      '@timestamp': new Date().toISOString(),
      ecs: { version: '8.11.0' },
      log: { level: error ? 'error' : 'info', logger: CallLogger.name },
      message: `${kind} ${route} ${error ? 'error' : 'completed'}`,
      service: { name: 'calc' },
      event: {
        kind: 'event',
        module: 'nest',
        dataset: 'nest.call',
        action: kind,
        duration: Number(process.hrtime.bigint() - begun),
        outcome: error ? 'failure' : 'success',
      },
      client: { address, ip: address, port },
      nest: { kind, route, ...(id === undefined ? {} : { id: JSON.stringify(id) }) },
      ...(error ? { error: { type: error.name, message: error.message } } : {}),
    });
    for (const shipper of this.shippers) {
      shipper.ship(line);
    }
  }
}
