import { IncomingRequestDeserializer } from '@nestjs/microservices';

/** A packet as it is used here. */
interface Packet {
  id?: string;
  metadata?: Record<string, unknown>;
}

/** Puts the id of a request where handlers and interceptors find it: metadata. */
export class IdDeserializer extends IncomingRequestDeserializer {
  override deserialize(value: unknown, options?: Record<string, unknown>): any {
    const packet = super.deserialize(value, options) as Packet;
    const id = packet.id === undefined ? {} : { id: packet.id };
    return { ...packet, metadata: { ...packet.metadata, ...id } };
  }
}
