import { Body, Controller, HttpException, Post } from '@nestjs/common';
import { QUEUE, type Order, type Parcel } from '../contract';
import { inTransaction } from './transactions';

@Controller()
export class OrdersController {
  private last = 0;

  @Post('orders')
  async order(@Body() { item, address }: Order): Promise<Parcel> {
    const parcel = { id: (this.last += 1), item };
    await inTransaction(QUEUE, (emit) => {
      emit('order.paid', parcel);
      if (!address) {
        throw new HttpException({ statusCode: 422, message: 'No address' }, 422);
      }
      emit('parcel.due', parcel);
    });
    return parcel;
  }
}
