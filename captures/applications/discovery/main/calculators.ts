import { Injectable, OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { ClientProxy, ClientProxyFactory, Transport } from '@nestjs/microservices';
import { asked, type Instance } from '../consul';

const PAUSE = 500;

/** A client of each instance that Consul has, by blocking queries. */
@Injectable()
export class Calculators implements OnModuleInit, OnApplicationShutdown {
  private readonly clients = new Map<string, ClientProxy>();
  private readonly ending = new AbortController();
  private turn = 0;

  async onModuleInit(): Promise<void> {
    const index = await this.ask(0);
    void this.follow(index);
  }

  onApplicationShutdown(): void {
    this.ending.abort();
    this.clients.forEach((client) => client.close());
  }

  get addresses(): string[] {
    return [...this.clients.keys()].sort();
  }

  /** The client whose turn it is. */
  next(): ClientProxy {
    const clients = [...this.clients.values()];
    if (clients.length === 0) {
      throw new Error('no server is registered');
    }
    return clients[this.turn++ % clients.length];
  }

  private async follow(index: number): Promise<void> {
    while (!this.ending.signal.aborted) {
      try {
        index = await this.ask(index);
      } catch {
        index = 0; // what was found stays meanwhile
        await new Promise((resolve) => setTimeout(resolve, PAUSE).unref());
      }
    }
  }

  private async ask(index: number): Promise<number> {
    const since = index ? `&index=${index}` : '';
    const response = await asked(
      'GET',
      `health/service/calc?passing=1&wait=55s${since}`,
      undefined,
      this.ending.signal,
    );
    const found = (await response.json()) as Instance[];
    this.update(
      found.map(({ Service, Node }) => [Service.Address || Node.Address, Service.Port]),
    );
    const newer = Number(response.headers.get('X-Consul-Index'));
    return newer < index ? 0 : newer;
  }

  private update(addresses: [string, number][]): void {
    const wanted = new Map(addresses.map(([host, port]) => [`${host}:${port}`, { host, port }]));
    for (const [name, client] of this.clients) {
      if (!wanted.has(name)) {
        this.clients.delete(name);
        client.close();
      }
    }
    for (const [name, options] of wanted) {
      if (!this.clients.has(name)) {
        const client = ClientProxyFactory.create({ transport: Transport.TCP, options });
        this.clients.set(name, client);
      }
    }
  }
}
