import { setTimeout as pause } from 'node:timers/promises';
import { Controller, Get } from '@nestjs/common';
import { Ctx, EventPattern, Payload, RmqContext } from '@nestjs/microservices';
import type { Parcel } from '../contract';

const WORK = 50;
const FRAGILE = 'glass';

@Controller()
export class WarehouseController {
  private readonly steps: string[] = [];

  @EventPattern('order.paid')
  async book(@Payload() { id }: Parcel, @Ctx() context: unknown): Promise<void> {
    this.steps.push(`book ${id}`);
    await pause(WORK);
    this.steps.push(`booked ${id}`);
    acknowledge(context as RmqContext);
  }

  @EventPattern('parcel.due')
  async pack(
    @Payload() { id, item }: Parcel,
    @Ctx() context: unknown,
  ): Promise<void> {
    this.steps.push(`pack ${id}`);
    await pause(WORK);
    if (item === FRAGILE) {
      this.steps.push(`broke ${id}`);
      return reject(context as RmqContext);
    }
    this.steps.push(`packed ${id}`);
    acknowledge(context as RmqContext);
  }

  @Get('work')
  work(): string[] {
    return this.steps;
  }
}

function acknowledge(context: RmqContext): void {
  context.getChannelRef().ack(context.getMessage());
}

function reject(context: RmqContext): void {
  context.getChannelRef().reject(context.getMessage(), false);
}
