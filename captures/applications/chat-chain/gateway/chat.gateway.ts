import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import {
  ConnectedSocket,
  MessageBody,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
} from '@nestjs/websockets';
import { lastValueFrom } from 'rxjs';
import type { Socket } from 'socket.io';
import { client, GATEWAY_QUEUE, type Received, type Said } from '../contract';

/** Who is connected here. */
export const sockets = new Map<string, Socket>();

@WebSocketGateway({ namespace: 'main', cors: true })
export class ChatGateway implements OnGatewayConnection, OnGatewayDisconnect {
  handleConnection(socket: Socket): void {
    sockets.set(socket.id, socket);
  }

  handleDisconnect(socket: Socket): void {
    sockets.delete(socket.id);
  }

  @SubscribeMessage('send')
  async send(@ConnectedSocket() socket: Socket, @MessageBody() said: Said): Promise<void> {
    const metadata = { socket_id: socket.id, gateway: GATEWAY_QUEUE };
    const sent = { room: said.room, text: said.text, metadata };
    await lastValueFrom(client(`chat-${said.room}`).emit({ cmd: 'send' }, sent));
  }

  @SubscribeMessage('history')
  history(@MessageBody() asked: { room: string }): Promise<string[]> {
    const archive = client(`chat-archive-${asked.room}`);
    return lastValueFrom(archive.send<string[]>({ cmd: 'history' }, asked));
  }
}

@Controller()
export class ChatController {
  @EventPattern({ cmd: 'recv' })
  recv(@Payload() { metadata, ...received }: Received): void {
    sockets.get(metadata.socket_id)?.emit('recv', received);
  }
}
