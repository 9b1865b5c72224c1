/** Which broker a program talks to, and as whom, as the environment says. */

const [host, port] = process.env.BROKER!.split(':');

export const broker = {
  host,
  port: Number(port),
  connectionName: process.env.ROLE,
  ...(process.env.BROKER_PASSWORD && {
    username: process.env.BROKER_USER,
    password: process.env.BROKER_PASSWORD,
  }),
  wildcards: process.env.WILDCARDS === '1',
  // A broker that is restarted is looked for until it is there again.
  retryAttempts: 1_000,
  retryDelay: 200,
};
