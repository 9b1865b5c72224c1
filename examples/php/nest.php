<?php
// A server and a client of NestJS microservices over TCP, with PHP's command line alone.
//
//     php nest.php serve 3000     answers sum, echo, count, fail, slow, {"cmd":"sum","of":"numbers"}
//     php nest.php client 3000    takes the steps of `protocol-inspect conformance --serve 3000`
//
// PHP has one thread: stream_select() says which connection has something to read.

declare(strict_types=1);

const JSON = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION
    | JSON_UNESCAPED_LINE_TERMINATORS | JSON_THROW_ON_ERROR;
const NO_HANDLER = 'There is no matching message handler defined in the remote service.';

class Corrupt extends Exception {}

/** Puts the length, in UTF-16 code units, before a packet. */
function frame(array $packet): string
{
    $body = json_encode($packet, JSON);
    // Without the extension mbstring: continuation bytes count nothing, long ones twice.
    $units = strlen($body) - preg_match_all('/[\x80-\xBF]/', $body)
        + preg_match_all('/[\xF0-\xFF]/', $body);
    return "$units#$body";
}

/** Where so many code units end in bytes of UTF-8; null if some are missing. */
function endOf(string $buffer, int $place, int $units): ?int
{
    $size = strlen($buffer);
    if ($size - $place < $units) {
        return null;
    }
    while ($units > 0) {
        $ascii = strspn($buffer, ASCII, $place, $units); // most of it, in one step
        $units -= $ascii;
        $place += $ascii;
        if ($units === 0 || $place >= $size) {
            break;
        }
        $lead = ord($buffer[$place]);
        $place += $lead < 0xC0 ? 1 : ($lead < 0xE0 ? 2 : ($lead < 0xF0 ? 3 : 4));
        $units -= $lead < 0xF0 ? 1 : 2;
    }
    return $units <= 0 && $place <= $size ? $place : null;
}

define('ASCII', implode('', array_map('chr', range(0, 127))));

/** One side of a connection: bytes become packets. */
class Connection
{
    private string $buffer = '';
    private string $unwritten = '';

    public function __construct(public $stream)
    {
        stream_set_blocking($stream, false);
    }

    /** Returns the packets of the next chunk; null at the end of the stream. */
    public function read(): ?array
    {
        $chunk = @fread($this->stream, 1 << 16);
        if ($chunk === '' || $chunk === false) {
            return feof($this->stream) || $chunk === false ? null : [];
        }
        $this->buffer .= $chunk;
        $packets = [];
        while (($mark = strpos($this->buffer, '#')) !== false) {
            if (!preg_match('/^\s*\+?(\d+)/', substr($this->buffer, 0, $mark), $found) || (int) $found[1] === 0) {
                throw new Corrupt('no length');
            }
            $end = endOf($this->buffer, $mark + 1, (int) $found[1]);
            if ($end === null) {
                break;
            }
            $body = substr($this->buffer, $mark + 1, $end - $mark - 1);
            $this->buffer = substr($this->buffer, $end);
            try {
                // Objects stay objects, so that {} does not become [].
                $packets[] = json_decode($body, false, 512, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE);
            } catch (JsonException $error) {
                throw new Corrupt($error->getMessage());
            }
        }
        return $packets;
    }

    public function write(array $packet): void
    {
        $this->unwritten .= frame($packet);
        $this->flush();
    }

    public function flush(): void
    {
        $count = $this->unwritten === '' ? 0 : @fwrite($this->stream, $this->unwritten);
        $this->unwritten = $count === false ? '' : substr($this->unwritten, $count);
    }

    public function hasMore(): bool
    {
        return $this->unwritten !== '';
    }
}

/** The name under which a handler is found: objects have their keys sorted. */
function route(mixed $pattern): string
{
    if (is_string($pattern)) {
        $parsed = json_decode($pattern);
        return is_object($parsed) ? route($parsed) : $pattern;
    }
    if (!is_object($pattern)) {
        return json_encode($pattern, JSON);
    }
    $members = get_object_vars($pattern);
    ksort($members, SORT_STRING);
    $parts = [];
    foreach ($members as $key => $value) {
        $parts[] = json_encode((string) $key, JSON) . ':' . (is_object($value) ? route($value) : json_encode($value, JSON));
    }
    return '{' . implode(',', $parts) . '}';
}

/** What handlers give: values, the last of which ends the call; $later are seconds to wait. */
final class Reply
{
    public function __construct(public array $values, public float $later = 0) {}
}

function handlers(): array
{
    $sum = fn ($numbers) => new Reply([array_sum($numbers)]);
    return [
        'sum' => $sum,
        '{"cmd":"sum","of":"numbers"}' => $sum,
        'echo' => fn ($data) => new Reply([$data]),
        'fail' => fn ($data) => throw new RuntimeException('as asked'),
        'log' => fn ($data) => new Reply([null]),
        'slow' => fn ($data) => new Reply([1], 0.05),
        'count' => fn ($data) => new Reply([1, 2, 3]),
    ];
}

/** Returns the replies to a packet, and when they are due. */
function answers(mixed $packet): array
{
    if (!is_object($packet) || !(property_exists($packet, 'pattern') || property_exists($packet, 'data'))) {
        return [0, []];
    }
    $handler = handlers()[route($packet->pattern ?? null)] ?? null;
    $later = 0;
    if ($handler === null) {
        $replies = [['status' => 'error', 'err' => NO_HANDLER]];
    } else {
        try {
            $reply = $handler($packet->data ?? null);
            $later = $reply->later;
            $replies = array_map(fn ($value) => ['response' => $value], $reply->values);
            $replies[array_key_last($replies)]['isDisposed'] = true;
        } catch (Throwable) {
            $error = ['status' => 'error', 'message' => 'Internal server error'];
            $replies = [['err' => $error, 'isDisposed' => true]];
        }
    }
    if (!property_exists($packet, 'id')) {
        return [0, []]; // it was an event
    }
    return [$later, array_map(fn ($reply) => $reply + ['id' => $packet->id], $replies)];
}

function serve(int $port): void
{
    $context = stream_context_create(['socket' => ['backlog' => 511, 'tcp_nodelay' => true]]);
    $server = stream_socket_server("tcp://127.0.0.1:$port", $code, $text, STREAM_SERVER_BIND | STREAM_SERVER_LISTEN, $context);
    echo substr(strrchr(stream_socket_get_name($server, false), ':'), 1), "\n";
    $connections = $due = [];
    while (true) {
        $readable = [$server, ...array_map(fn ($each) => $each->stream, $connections)];
        $writable = array_map(fn ($each) => $each->stream, array_filter($connections, fn ($each) => $each->hasMore()));
        $except = null;
        @stream_select($readable, $writable, $except, 0, $due ? 5_000 : 500_000);
        foreach ($due as $at => [$when, $connection, $replies]) {
            if ($when <= microtime(true)) {
                array_map($connection->write(...), $replies);
                unset($due[$at]);
            }
        }
        foreach ($writable as $stream) {
            $connections[(int) $stream]->flush();
        }
        foreach ($readable as $stream) {
            if ($stream === $server) {
                $new = @stream_socket_accept($server, 0);
                if ($new) {
                    $connections[(int) $new] = new Connection($new);
                }
                continue;
            }
            $connection = $connections[(int) $stream];
            try {
                $packets = $connection->read();
            } catch (Corrupt) {
                $packets = null; // as Nest does: close, and serve the others
            }
            if ($packets === null) {
                unset($connections[(int) $stream]);
                fclose($stream);
                continue;
            }
            foreach ($packets as $packet) {
                [$later, $replies] = answers($packet);
                if ($later > 0) {
                    $due[] = [microtime(true) + $later, $connection, $replies];
                } else {
                    array_map($connection->write(...), $replies);
                }
            }
        }
    }
}

/** A client with one connection, which it opens when it needs one. */
class Client
{
    private ?Connection $connection = null;
    private int $number = 0;

    public function __construct(private int $port) {}

    /** Sends calls at once; returns {values, error} of each when all are over. */
    public function together(array $calls): array
    {
        $connection = $this->connection ??= $this->connect();
        $got = $open = [];
        foreach ($calls as $at => $call) {
            $packet = ['pattern' => $call->pattern, 'data' => $call->data];
            $got[$at] = ['values' => []];
            if ($call->kind === 'send') {
                $packet['id'] = sprintf('%021x', ++$this->number);
                $open[$packet['id']] = $at;
            }
            $connection->write($packet);
        }
        while ($open || $connection->hasMore()) {
            $packets = $this->wait($connection);
            if ($packets === null) {
                foreach ($open as $at) {
                    $got[$at]['failed'] = 'connection lost';
                }
                fclose($connection->stream);
                $this->connection = null;
                return $got;
            }
            foreach ($packets as $packet) {
                $this->take($packet, $got, $open);
            }
        }
        return $got;
    }

    private function connect(): Connection
    {
        $context = stream_context_create(['socket' => ['tcp_nodelay' => true]]);
        $address = "tcp://127.0.0.1:$this->port";
        return new Connection(stream_socket_client($address, $code, $text, 60, STREAM_CLIENT_CONNECT, $context));
    }

    private function wait(Connection $connection): ?array
    {
        $readable = [$connection->stream];
        $writable = $connection->hasMore() ? $readable : [];
        $except = null;
        stream_select($readable, $writable, $except, 60);
        $connection->flush();
        try {
            return $readable ? $connection->read() : [];
        } catch (Corrupt) {
            return null;
        }
    }

    private function take(mixed $packet, array &$got, array &$open): void
    {
        $id = is_object($packet) ? $packet->id ?? null : null;
        if (!is_string($id) || !isset($open[$id])) {
            return; // nobody waits for it
        }
        $at = $open[$id];
        if ($packet->err ?? null) {
            $got[$at]['error'] = $packet->err;
            unset($open[$id]);
            return;
        }
        if (property_exists($packet, 'response')) {
            $got[$at]['values'][] = $packet->response;
        }
        if ($packet->isDisposed ?? false) {
            unset($open[$id]);
        }
    }
}

function takeSteps(int $port): void
{
    $client = new Client($port);
    $ask = fn ($pattern, $data) => $client->together([(object) ['kind' => 'send', 'pattern' => $pattern, 'data' => $data]])[0];
    foreach ($ask('conformance.plan', new stdClass())['values'][0] as $step) {
        $ask('conformance.got', ['check' => $step->check, 'got' => $client->together($step->calls)]);
    }
}

ini_set('serialize_precision', '-1');
$argv[1] === 'serve' ? serve((int) $argv[2]) : takeSteps((int) $argv[2]);
