import { Injectable, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { CALC_PORT } from '../../ports';
import { asked } from '../consul';

const TTL = 3;
const ID = `calc-127.0.0.1-${CALC_PORT}`;

/** Registers the service, and says that it lives, three times in each TTL. */
@Injectable()
export class Registration implements OnApplicationBootstrap, OnApplicationShutdown {
  private beating?: NodeJS.Timeout;

  async onApplicationBootstrap(): Promise<void> {
    await this.register();
    this.beating = setInterval(() => void this.beat(), (TTL * 1000) / 3);
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.beating);
    await asked('PUT', `agent/service/deregister/${ID}`).catch(() => undefined);
  }

  private async beat(): Promise<void> {
    await asked('PUT', `agent/check/pass/ttl:${ID}`).catch(() =>
      this.register().catch(() => undefined),
    );
  }

  private async register(): Promise<void> {
    const alive = { Status: 'passing' };
    await asked('PUT', 'agent/service/register', {
      ID,
      Name: 'calc',
      Address: '127.0.0.1',
      Port: CALC_PORT,
      Checks: [
        { CheckID: `ttl:${ID}`, TTL: `${TTL}s`, ...alive },
        {
          CheckID: `tcp:${ID}`,
          TCP: `127.0.0.1:${CALC_PORT}`,
          Interval: `${TTL}s`,
          ...alive,
        },
      ],
    });
  }
}
