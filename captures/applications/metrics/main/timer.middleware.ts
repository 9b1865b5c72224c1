import { Injectable, NestMiddleware } from '@nestjs/common';
import { Histogram } from 'prom-client';

/** What of Express is used: its types are not installed. */
interface Asked {
  method: string;
  path: string;
  baseUrl: string;
  route?: { path: string };
}

interface Answered {
  statusCode: number;
  on(event: 'finish', listener: () => void): void;
}

const METRICS = '/metrics';

const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'From a request to the end of its response.',
  labelNames: ['method', 'path', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** Times every request but those for the metrics. */
@Injectable()
export class Timer implements NestMiddleware {
  use(request: Asked, response: Answered, next: () => void): void {
    if (request.baseUrl === METRICS || request.path === METRICS) {
      next();
      return;
    }
    const end = durations.startTimer();
    response.on('finish', () => {
      // A path that no route has would be a series of its own for each.
      const matched = response.statusCode !== 404;
      const path = (matched && request.route?.path) || 'unmatched';
      end({ method: request.method, path, status: response.statusCode });
    });
    next();
  }
}
