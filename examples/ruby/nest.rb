# A server and a client of NestJS microservices over TCP, with Ruby's standard library alone.
#
#     ruby nest.rb serve 3000     answers sum, echo, count, fail, slow, {"cmd":"sum","of":"numbers"}
#     ruby nest.rb client 3000    takes the steps of `protocol-inspect conformance --serve 3000`

require 'json'
require 'monitor'
require 'socket'

# Frames: a length in UTF-16 code units, #, and a JSON text in UTF-8.
module Frames
  def self.encode(packet)
    body = JSON.generate(packet)
    "#{body.encode('UTF-16LE').bytesize / 2}##{body}"
  end

  # Yields the value of each frame; raises ArgumentError where the stream is corrupt.
  def self.read(socket)
    buffer = String.new(encoding: 'BINARY')
    while (chunk = read_chunk(socket))
      buffer << chunk
      while (mark = buffer.index('#'))
        length = buffer[0...mark].force_encoding('UTF-8').scrub[/\A[[:space:]]*\+?(\d+)/, 1]
        raise ArgumentError, 'no length' if length.nil? || length.to_i.zero?

        stop = end_of(buffer, mark + 1, length.to_i) or break
        body = buffer.byteslice(mark + 1, stop - mark - 1).force_encoding('UTF-8').scrub
        buffer = buffer.byteslice(stop..)
        yield JSON.parse(body, max_nesting: false)
      end
    end
  end

  def self.read_chunk(socket)
    socket.readpartial(1 << 16)
  rescue EOFError, SystemCallError, IOError
    nil
  end

  # Where so many code units end in bytes of UTF-8; nil if they are not all there.
  def self.end_of(buffer, place, units)
    return nil if buffer.bytesize - place < units

    while units.positive?
      lead = buffer.getbyte(place) or return nil
      size = lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4
      units -= size == 4 ? 2 : 1
      place += size
    end
    place <= buffer.bytesize ? place : nil
  end
end

# The name under which a handler is found: objects have their keys sorted.
def route(pattern)
  if pattern.is_a?(String)
    parsed = begin
      JSON.parse(pattern)
    rescue JSON::ParserError
      nil
    end
    return parsed.is_a?(Hash) ? route(parsed) : pattern
  end
  return pattern.to_json unless pattern.is_a?(Hash)

  members = pattern.sort.map { |key, value| "#{key.to_json}:#{value.is_a?(Hash) ? route(value) : value.to_json}" }
  "{#{members.join(',')}}"
end

NO_HANDLER = 'There is no matching message handler defined in the remote service.'.freeze
SUM = ->(numbers) { numbers.sum }
HANDLERS = {
  'sum' => SUM,
  '{"cmd":"sum","of":"numbers"}' => SUM,
  'echo' => ->(data) { data },
  'fail' => ->(_) { raise 'as asked' },
  'log' => ->(_) {},
  'slow' => ->(_) { sleep 0.05 },
  'count' => ->(_) { [1, 2, 3].each } # an Enumerator is a stream
}.freeze

# One connection of a client. Each request has a thread, so that none waits for another.
class Connection
  def initialize(socket)
    @socket = socket
    @lock = Mutex.new
    socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
  end

  def run
    Frames.read(@socket) do |packet|
      next unless packet.is_a?(Hash) && (packet.key?('pattern') || packet.key?('data'))

      Thread.new { answer(packet) }
    end
  rescue ArgumentError, JSON::ParserError
    nil # as Nest does: close, and serve the others
  ensure
    @socket.close
  end

  private

  def answer(packet)
    handler = HANDLERS[route(packet['pattern'])]
    value = handler&.call(packet['data'])
    return unless packet.key?('id')
    return write(packet, 'status' => 'error', 'err' => NO_HANDLER) unless handler

    if value.is_a?(Enumerator)
      value.each { |each| write(packet, 'response' => each) }
      write(packet, 'isDisposed' => true)
    else
      write(packet, 'response' => value, 'isDisposed' => true)
    end
  rescue StandardError
    error = { 'status' => 'error', 'message' => 'Internal server error' }
    write(packet, 'err' => error, 'isDisposed' => true) if packet.key?('id')
  end

  def write(packet, reply)
    frame = Frames.encode(reply.merge('id' => packet['id']))
    @lock.synchronize { @socket.write(frame) }
  rescue SystemCallError, IOError
    nil # the client has left
  end
end

# A client with one connection, which it opens when it needs one.
class Client
  class Lost < StandardError; end

  def initialize(port)
    @port = port
    @lock = Monitor.new
    @number = 0
  end

  # Returns what the server replied: {"values": […]}, with an "error" if it sent one.
  def send_message(pattern, data)
    replies = Queue.new
    transmit({ 'pattern' => pattern, 'data' => data }, replies)
    collect(replies)
  rescue Lost => e
    { 'values' => [], 'failed' => e.message }
  end

  def emit(pattern, data)
    transmit({ 'pattern' => pattern, 'data' => data }, nil)
    {}
  end

  private

  def collect(replies)
    values = []
    loop do
      packet = replies.pop
      return { 'values' => values, 'failed' => 'connection lost' } if packet == :lost
      return { 'values' => values, 'error' => packet['err'] } if truthy(packet['err'])

      values << packet['response'] if packet.key?('response')
      return { 'values' => values } if truthy(packet['isDisposed'])
    end
  end

  # As JavaScript has it: 0 and "" are falsy, too.
  def truthy(value)
    value && value != 0 && value != ''
  end

  def transmit(packet, replies)
    @lock.synchronize do
      connect if @socket.nil?
      if replies
        packet['id'] = format('%021x', @number += 1)
        @pending[packet['id']] = replies
      end
      @socket.write(Frames.encode(packet))
    end
  rescue SystemCallError, IOError => e
    raise Lost, e.message
  end

  def connect
    socket = TCPSocket.new('127.0.0.1', @port)
    socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
    pending = {}
    @socket = socket
    @pending = pending
    Thread.new { receive(socket, pending) }
  end

  def receive(socket, pending)
    Frames.read(socket) { |packet| take(pending, packet) }
  rescue ArgumentError, JSON::ParserError
    nil
  ensure
    @lock.synchronize do
      @socket = nil if @socket.equal?(socket)
      socket.close
      pending.each_value { |replies| replies << :lost }
    end
  end

  def take(pending, packet)
    return unless packet.is_a?(Hash)

    @lock.synchronize { pending[packet['id']] }&.push(packet)
  end
end

def serve(port)
  server = TCPServer.new('127.0.0.1', port)
  server.listen(511)
  puts server.addr[1]
  $stdout.flush
  loop do
    socket = server.accept
    Thread.new { Connection.new(socket).run }
  end
end

def take_steps(port)
  client = Client.new(port)
  plan = client.send_message('conformance.plan', {})['values'][0]
  plan.each do |step|
    calls = step['calls'].map do |call|
      Thread.new do
        kind = call['kind'] == 'emit' ? :emit : :send_message
        client.public_send(kind, call['pattern'], call['data'])
      end
    end
    client.send_message('conformance.got', { check: step['check'], got: calls.map(&:value) })
  end
end

Thread.report_on_exception = false
ARGV[0] == 'serve' ? serve(ARGV[1].to_i) : take_steps(ARGV[1].to_i)
