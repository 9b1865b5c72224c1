/** A gateway with Nest's adapter for `ws`. */
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { map, of, type Observable } from 'rxjs';
import { noted } from '../../gateways/ledger';

const { DEFLATE, PORT, TOKEN } = process.env;

interface Request {
  headers: Record<string, string | undefined>;
}

/** The settings of a scenario. */
const options = {
  path: '/ws',
  ...(DEFLATE && {
    perMessageDeflate: {
      threshold: 0,
      ...(DEFLATE === 'alone' && {
        serverNoContextTakeover: true,
        clientNoContextTakeover: true,
      }),
    },
  }),
  ...(TOKEN && {
    verifyClient: ({ req }: { req: Request }) =>
      req.headers.authorization === `Bearer ${TOKEN}`,
  }),
};

@WebSocketGateway(options)
class Gateway {
  @WebSocketServer()
  server!: { clients: Set<{ send(text: string): void }> };

  @SubscribeMessage('sumEvent')
  sumEvent(@MessageBody() numbers: number[]): Promise<WsResponse<number>> {
    return noted('sumEvent', numbers, () => ({
      event: 'sumEvent',
      data: numbers.reduce((sum, each) => sum + each, 0),
    }));
  }

  @SubscribeMessage('sum')
  sum(@MessageBody() numbers: number[]): Promise<number> {
    return noted('sum', numbers, () => numbers.reduce((sum, each) => sum + each, 0));
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
  echo(@MessageBody() data: unknown): Promise<WsResponse<unknown>> {
    return noted('echo', data, () => ({ event: 'echoed', data }));
  }

  @SubscribeMessage('refuse')
  refuse(@MessageBody() data: unknown): Promise<never> {
    return noted('refuse', data, () => {
      throw new WsException('不行');
    });
  }

  @SubscribeMessage('fail')
  fail(@MessageBody() data: unknown): Promise<never> {
    return noted('fail', data, () => {
      throw new Error('failed on purpose');
    });
  }

  @SubscribeMessage('say')
  say(@MessageBody() text: string): Promise<void> {
    return noted('say', text, () => {
      for (const client of this.server.clients) {
        client.send(JSON.stringify({ event: 'said', data: text }));
      }
    });
  }
}

@Module({ providers: [Gateway] })
class GatewayModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(GatewayModule);
  app.useWebSocketAdapter(new WsAdapter(app));
  process.once('SIGTERM', () => app.close());
  await app.listen(Number(PORT), '127.0.0.1');
}

void bootstrap();
