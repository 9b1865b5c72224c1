import { Controller, Get } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';
import type { Parcel } from '../contract';

@Controller()
export class ComplaintsController {
  private readonly broken: Parcel[] = [];

  @EventPattern('parcel.due')
  hear(@Payload() parcel: Parcel): void {
    this.broken.push(parcel);
  }

  @Get('complaints')
  complaints(): Parcel[] {
    return this.broken;
  }
}
