import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayInit,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer,
  WsException,
} from '@nestjs/websockets';
import type { Namespace, Socket } from 'socket.io';
import { ROOMS_PORT } from '../../ports';
import { nameIn, sign } from './tokens';

@WebSocketGateway({ cors: true })
class LobbyGateway {
  @SubscribeMessage('login')
  login(@MessageBody() name: string): string {
    return sign(name);
  }
}

@WebSocketGateway({ namespace: 'rooms', cors: true })
class RoomsGateway implements OnGatewayInit {
  @WebSocketServer()
  rooms!: Namespace;

  afterInit(rooms: Namespace): void {
    rooms.use((socket, next) => {
      socket.data.name = nameIn(socket.handshake.auth.token);
      next(socket.data.name ? undefined : new Error('Unauthorized'));
    });
  }

  @SubscribeMessage('joinRoom')
  async joinRoom(
    @ConnectedSocket() socket: Socket,
    @MessageBody() room: string,
  ): Promise<string> {
    await socket.join(room);
    socket.to(room).emit('joined', { room, name: socket.data.name });
    return room;
  }

  @SubscribeMessage('leaveRoom')
  async leaveRoom(
    @ConnectedSocket() socket: Socket,
    @MessageBody() room: string,
  ): Promise<string> {
    await socket.leave(room);
    this.rooms.to(room).emit('left', { room, name: socket.data.name });
    return room;
  }

  @SubscribeMessage('sendMessage')
  sendMessage(
    @ConnectedSocket() socket: Socket,
    @MessageBody() { room, text }: { room: string; text: string },
  ): string {
    if (!socket.rooms.has(room)) {
      throw new WsException('Not in this room');
    }
    this.rooms.to(room).emit('message', { room, name: socket.data.name, text });
    return 'sent';
  }
}

@Module({ providers: [LobbyGateway, RoomsGateway] })
class RoomsModule {}

async function bootstrap(): Promise<void> {
  const app = await NestFactory.create(RoomsModule);
  process.once('SIGTERM', () => app.close());
  await app.listen(ROOMS_PORT, '127.0.0.1');
}

void bootstrap();
