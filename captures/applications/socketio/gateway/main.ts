/** A gateway over Socket.IO, with a namespace that asks who comes. */
import { setTimeout as pause } from 'node:timers/promises';
import { Module, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { IoAdapter } from '@nestjs/platform-socket.io';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { map, of, type Observable } from 'rxjs';
import type { Namespace, Server, ServerOptions, Socket } from 'socket.io';
import { handled, noted, shown } from '../../gateways/ledger';
import { now } from '../../brokers/values';

const { DEFLATE, FORBIDDEN, INTERVAL, PATIENCE, PORT, TOKEN } = process.env;

/** The settings of a scenario. */
class Adapter extends IoAdapter {
  constructor(app: INestApplicationContext) {
    super(app);
  }

  override createIOServer(port: number, options?: object): Server {
    return super.createIOServer(port, {
      ...options,
      ...(DEFLATE && { perMessageDeflate: { threshold: Number(DEFLATE) } }),
      ...(INTERVAL && { pingInterval: Number(INTERVAL) }),
      ...(PATIENCE && { pingTimeout: Number(PATIENCE) }),
      ...(FORBIDDEN && {
        allowRequest: (
          request: { headers: Record<string, string> },
          decide: (error: null, allowed: boolean) => void,
        ) => decide(null, request.headers['x-who'] !== FORBIDDEN),
      }),
    } as ServerOptions) as Server;
  }
}

@WebSocketGateway({ cors: true })
class Gateway {
  @WebSocketServer()
  server!: Server;

  @SubscribeMessage('sum')
  sum(@MessageBody() numbers: number[]): Promise<number> {
    return noted('sum', numbers, () => numbers.reduce((sum, each) => sum + each, 0));
  }

  @SubscribeMessage('sumEvent')
  sumEvent(@MessageBody() numbers: number[]): Promise<WsResponse<number>> {
    return noted('sumEvent', numbers, () => ({
      event: 'sumEvent',
      data: numbers.reduce((sum, each) => sum + each, 0),
    }));
  }

  @SubscribeMessage('count')
  async count(@MessageBody() data: unknown): Promise<Observable<WsResponse<number>>> {
    await noted('count', data, () => undefined);
    return of(1, 2, 3).pipe(map((each) => ({ event: 'count', data: each })));
  }

  @SubscribeMessage('log')
  log(@MessageBody() data: unknown): Promise<void> {
    return noted('log', data, () => undefined);
  }

  @SubscribeMessage('echo')
  echo(@MessageBody() data: unknown): Promise<unknown> {
    return noted('echo', data, () => data);
  }

  @SubscribeMessage('sleep')
  sleep(@MessageBody() milliseconds: number): Promise<number> {
    return noted('sleep', milliseconds, async () => {
      await pause(milliseconds);
      return milliseconds;
    });
  }

  @SubscribeMessage('refuse')
  refuse(@MessageBody() data: unknown): Promise<never> {
    return noted('refuse', data, () => {
      throw new WsException('不行');
    });
  }

  @SubscribeMessage('object')
  object(@MessageBody() data: unknown): Promise<never> {
    return noted('object', data, () => {
      throw new WsException({ code: 42 });
    });
  }

  @SubscribeMessage('fail')
  fail(@MessageBody() data: unknown): Promise<never> {
    return noted('fail', data, () => {
      throw new Error('failed on purpose');
    });
  }

  @SubscribeMessage('size')
  size(@MessageBody() file: { content: Buffer }): Promise<object> {
    return noted('size', file, () => ({ size: file.content.length }));
  }

  @SubscribeMessage('bytes')
  bytes(@MessageBody() count: number): Promise<Buffer> {
    return noted('bytes', count, () => Buffer.alloc(count, 'z'));
  }

  @SubscribeMessage('join')
  join(@ConnectedSocket() client: Socket, @MessageBody() room: string): Promise<string> {
    return noted('join', room, async () => {
      await client.join(room);
      return room;
    });
  }

  @SubscribeMessage('say')
  say(@MessageBody() said: { room: string; text: string }): Promise<void> {
    return noted('say', said, () => {
      this.server.to(said.room).emit('said', said.text);
    });
  }

  @SubscribeMessage('question')
  question(
    @ConnectedSocket() client: Socket,
    @MessageBody() data: unknown,
  ): Promise<unknown> {
    return noted('question', data, async () => {
      const answer = await client.timeout(2_000).emitWithAck('asked', data);
      handled.push({ event: 'asked', data: shown(answer), at: now(), answered: true });
      return answer;
    });
  }
}

@WebSocketGateway({ namespace: 'main', cors: true })
class MainGateway {
  afterInit(namespace: Namespace): void {
    namespace.use((socket, next) => {
      const known = !TOKEN || socket.handshake.auth.token === TOKEN;
      next(known ? undefined : new Error('Unauthorized'));
    });
  }

  @SubscribeMessage('sum')
  sum(@MessageBody() numbers: number[]): Promise<number> {
    return noted('sum', numbers, () => numbers.reduce((sum, each) => sum + each, 0));
  }
}

@Module({ providers: [Gateway, MainGateway] })
class GatewayModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(GatewayModule);
  app.useWebSocketAdapter(new Adapter(app));
  process.once('SIGTERM', () => app.close());
  await app.listen(Number(PORT), '127.0.0.1');
}

void bootstrap();
