import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

export class Password {
  private readonly salt = randomBytes(16);
  private readonly hash: Buffer;

  constructor(text: string) {
    this.hash = this.digest(text);
  }

  matches(text: string): boolean {
    return timingSafeEqual(this.hash, this.digest(text));
  }

  private digest(text: string): Buffer {
    return scryptSync(text, this.salt, 32);
  }
}
