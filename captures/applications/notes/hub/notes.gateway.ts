import { Inject } from '@nestjs/common';
import { ClientProxy } from '@nestjs/microservices';
import {
  ConnectedSocket,
  MessageBody,
  OnGatewayDisconnect,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { firstValueFrom } from 'rxjs';
import { type Change, type Joining, Notes } from '../notes';

/** What of a socket of the package ws is used. */
interface Socket {
  send(text: string): void;
}

@WebSocketGateway()
export class NotesGateway implements OnGatewayDisconnect {
  private readonly notes = new Notes();
  private readonly rooms = new Map<string, Set<Socket>>();

  constructor(@Inject('KEEPER') private readonly keeper: ClientProxy) {}

  @SubscribeMessage('sync')
  async sync(
    @MessageBody() { room, state }: Joining,
    @ConnectedSocket() socket: Socket,
  ): Promise<WsResponse<Change & Joining>> {
    if (!this.notes.has(room)) {
      const has = { room, state: this.notes.state(room) };
      const kept = this.keeper.send<string, Joining>('note.load', has);
      this.notes.apply(room, await firstValueFrom(kept));
    }
    const members = this.rooms.get(room) ?? new Set();
    this.rooms.set(room, members.add(socket));
    const update = this.notes.lacking(room, state);
    return { event: 'sync', data: { room, update, state: this.notes.state(room) } };
  }

  @SubscribeMessage('update')
  update(@MessageBody() change: Change, @ConnectedSocket() socket: Socket): void {
    const members = this.rooms.get(change.room);
    if (!members?.has(socket)) {
      throw new WsException('Not in this room');
    }
    try {
      this.notes.apply(change.room, change.update);
    } catch {
      throw new WsException('Not an update');
    }
    for (const other of members) {
      if (other !== socket) {
        other.send(JSON.stringify({ event: 'update', data: change }));
      }
    }
    this.keeper.emit('note.updated', change);
  }

  handleDisconnect(socket: Socket): void {
    for (const members of this.rooms.values()) {
      members.delete(socket);
    }
  }
}
