import { MessageBody, SubscribeMessage, type WsResponse } from '@nestjs/websockets';
import { from, map, type Observable } from 'rxjs';

/** What both gateways do; a class by itself has no decorator of a gateway. */
export class Events {
  @SubscribeMessage('events')
  events(@MessageBody() _data: unknown): Observable<WsResponse<number>> {
    return from([1, 2, 3]).pipe(map((data) => ({ event: 'events', data })));
  }

  @SubscribeMessage('identity')
  async identity(@MessageBody() data: unknown): Promise<unknown> {
    return data;
  }
}
