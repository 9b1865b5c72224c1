import { CONSUL_PORT } from '../ports';

const given = process.env.CONSUL_HTTP_ADDR ?? `http://127.0.0.1:${CONSUL_PORT}`;
const CONSUL = given.includes('://') ? given : `http://${given}`;

/** An instance of a service, as Consul has it. */
export interface Instance {
  Service: { Address: string; Port: number };
  Node: { Address: string };
}

/** Asks Consul; an error of HTTP is one. */
export async function asked(
  method: string,
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await fetch(`${CONSUL}/v1/${path}`, {
    method,
    signal,
    body: body && JSON.stringify(body),
  });
  if (!response.ok) {
    throw new Error(`Consul: ${response.status}`);
  }
  return response;
}
