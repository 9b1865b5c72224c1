/** Which broker a program talks to, how, and as whom, as the environment says. */

const { BROKER, BROKER_USER, BROKER_PASSWORD, CLIENT, LEVEL, QOS, ROLE, SCHEME, SESSION } =
  process.env;

export const broker = {
  url: `${SCHEME ?? 'mqtt'}://${BROKER}`,
  // The broker's log knows it by that name.
  clientId: CLIENT ?? ROLE,
  protocolVersion: Number(LEVEL ?? 4) as 4 | 5,
  // A broker that is restarted is looked for until it is there again.
  reconnectPeriod: 200,
  ...(SESSION && { clean: false }),
  ...(BROKER_USER && { username: BROKER_USER, password: BROKER_PASSWORD }),
  ...(LEVEL === '5' && { userProperties: { 'x-from': ROLE! } }),
};

export const subscribeOptions = QOS
  ? { qos: Number(QOS) as 0 | 1 | 2 }
  : undefined;
