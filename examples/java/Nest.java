// A server and a client of NestJS microservices over TCP, with Java 17 alone.
//
//     java Nest.java serve 3000     answers sum, echo, count, fail, slow, {"cmd":"sum","of":"numbers"}
//     java Nest.java client 3000    takes the steps of `protocol-inspect conformance --serve 3000`

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class Nest {
    static final String NO_HANDLER =
            "There is no matching message handler defined in the remote service.";
    static final ExecutorService THREADS = Executors.newCachedThreadPool();

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        if (arguments[0].equals("serve")) {
            serve(port);
        } else {
            takeSteps(port);
            System.exit(0);
        }
    }

    /** JSON: Map, List, String, BigDecimal, Boolean and null. */
    static final class Json {
        private final String text;
        private int place;

        private Json(String text) {
            this.text = text;
        }

        static Object parse(String text) {
            Json json = new Json(text);
            Object value = json.value();
            json.blanks();
            if (json.place < text.length()) {
                throw new IllegalArgumentException("more after the JSON text");
            }
            return value;
        }

        private Object value() {
            blanks();
            char first = peek();
            if (first == '{') {
                return object();
            }
            if (first == '[') {
                return array();
            }
            if (first == '"') {
                return string();
            }
            for (Object[] literal : new Object[][] {{"true", true}, {"false", false}, {"null", null}}) {
                if (text.startsWith((String) literal[0], place)) {
                    place += ((String) literal[0]).length();
                    return literal[1];
                }
            }
            int begin = place;
            while (place < text.length() && "+-.eE0123456789".indexOf(text.charAt(place)) >= 0) {
                place++;
            }
            return new BigDecimal(text.substring(begin, place)); // or a NumberFormatException
        }

        private Map<String, Object> object() {
            Map<String, Object> members = new LinkedHashMap<>();
            place++;
            blanks();
            while (peek() != '}') {
                String key = string();
                blanks();
                expect(':');
                members.put(key, value());
                blanks();
                if (peek() != '}') {
                    expect(',');
                    blanks();
                }
            }
            place++;
            return members;
        }

        private List<Object> array() {
            List<Object> items = new ArrayList<>();
            place++;
            blanks();
            while (peek() != ']') {
                items.add(value());
                blanks();
                if (peek() != ']') {
                    expect(',');
                }
            }
            place++;
            return items;
        }

        private String string() {
            expect('"');
            StringBuilder string = new StringBuilder();
            for (char next = peek(); next != '"'; next = peek()) {
                place++;
                string.append(next == '\\' ? escaped() : next);
            }
            place++;
            return string.toString();
        }

        private char escaped() {
            char next = peek();
            place++;
            if (next == 'u') {
                place += 4;
                return (char) Integer.parseInt(text, place - 4, place, 16);
            }
            int known = "bfnrt".indexOf(next);
            return known < 0 ? next : "\b\f\n\r\t".charAt(known);
        }

        private void blanks() {
            while (place < text.length() && " \t\r\n".indexOf(text.charAt(place)) >= 0) {
                place++;
            }
        }

        private char peek() {
            if (place >= text.length()) {
                throw new IllegalArgumentException("the JSON text ends too early");
            }
            return text.charAt(place);
        }

        private void expect(char wanted) {
            if (peek() != wanted) {
                throw new IllegalArgumentException("no " + wanted);
            }
            place++;
        }

        static String write(Object value) {
            StringBuilder text = new StringBuilder();
            write(value, text);
            return text.toString();
        }

        private static void write(Object value, StringBuilder text) {
            if (value instanceof Map<?, ?> members) {
                char separator = '{';
                for (Map.Entry<?, ?> each : members.entrySet()) {
                    text.append(separator);
                    write(each.getKey(), text);
                    write(each.getValue(), text.append(':'));
                    separator = ',';
                }
                text.append(members.isEmpty() ? "{}" : "}");
            } else if (value instanceof List<?> items) {
                char separator = '[';
                for (Object each : items) {
                    write(each, text.append(separator));
                    separator = ',';
                }
                text.append(items.isEmpty() ? "[]" : "]");
            } else if (value instanceof String string) {
                writeString(string, text.append('"'));
                text.append('"');
            } else {
                text.append(value);
            }
        }

        private static void writeString(String string, StringBuilder text) {
            for (int at = 0; at < string.length(); at++) {
                char each = string.charAt(at);
                boolean pair = Character.isHighSurrogate(each) && at + 1 < string.length()
                        && Character.isLowSurrogate(string.charAt(at + 1));
                if (pair) {
                    text.append(each).append(string.charAt(++at));
                } else if (each < ' ' || Character.isSurrogate(each)) {
                    text.append(String.format("\\u%04x", (int) each));
                } else {
                    text.append(each == '"' || each == '\\' ? "\\" : "").append(each);
                }
            }
        }
    }

    /** One side of a connection: bytes become packets, and packets bytes. */
    static final class Connection {
        private static final Pattern LENGTH = Pattern.compile("^[\\s\\uFEFF]*\\+?([0-9]+)");
        private final Socket socket;
        private final OutputStream output;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.output = socket.getOutputStream();
            socket.setTcpNoDelay(true);
        }

        /** A String counts UTF-16 code units, as JavaScript's does. */
        synchronized void write(Map<String, Object> packet) throws IOException {
            String body = Json.write(packet);
            output.write((body.length() + "#" + body).getBytes(StandardCharsets.UTF_8));
        }

        /** Passes on each packet until the connection ends, or is corrupt. */
        void read(Consumer<Object> take) throws IOException {
            InputStream input = socket.getInputStream();
            byte[] buffer = new byte[1 << 16];
            int size = 0;
            for (int count = input.read(buffer); count >= 0; count = input.read(buffer, size, buffer.length - size)) {
                size += count;
                int begin = 0;
                for (int end = next(buffer, 0, size, take); end >= 0; end = next(buffer, begin, size, take)) {
                    begin = end;
                }
                System.arraycopy(buffer, begin, buffer, 0, size - begin);
                size -= begin;
                if (size == buffer.length) {
                    buffer = Arrays.copyOf(buffer, 2 * size);
                }
            }
        }

        /** Passes on the packet at a place, and returns where it ends; -1 if it is not complete. */
        private static int next(byte[] buffer, int place, int size, Consumer<Object> take) {
            int mark = place;
            while (mark < size && buffer[mark] != '#') {
                mark++;
            }
            if (mark == size) {
                return -1;
            }
            String head = new String(buffer, place, mark - place, StandardCharsets.UTF_8);
            Matcher found = LENGTH.matcher(head);
            if (!found.find() || new BigDecimal(found.group(1)).signum() == 0) {
                throw new IllegalArgumentException("no length");
            }
            int end = endOf(buffer, mark + 1, size, new BigDecimal(found.group(1)).longValue());
            if (end >= 0) {
                take.accept(Json.parse(new String(buffer, mark + 1, end - mark - 1, StandardCharsets.UTF_8)));
            }
            return end;
        }

        /** Where so many code units end in bytes of UTF-8; -1 if some are missing. */
        private static int endOf(byte[] buffer, int place, int size, long units) {
            if (size - place < units) {
                return -1;
            }
            while (units > 0 && place < size) {
                int lead = buffer[place] & 0xFF;
                place += lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
                units -= lead < 0xF0 ? 1 : 2;
            }
            return units <= 0 && place <= size ? place : -1;
        }

        void close() {
            try {
                socket.close();
            } catch (IOException error) {
                // It is closed already.
            }
        }
    }

    /** Returns the name under which a handler is found: objects have their keys sorted. */
    static String route(Object pattern) {
        if (pattern instanceof String text) {
            try {
                Object parsed = Json.parse(text);
                return parsed instanceof Map ? Json.write(sorted(parsed)) : text;
            } catch (IllegalArgumentException error) {
                return text;
            }
        }
        return Json.write(sorted(pattern));
    }

    private static Object sorted(Object value) {
        if (!(value instanceof Map<?, ?> members)) {
            return value;
        }
        Map<String, Object> found = new TreeMap<>();
        members.forEach((key, each) -> found.put((String) key, sorted(each)));
        return found;
    }

    /** Returns the values of the reply to a pattern; null if nothing handles it. */
    static List<?> handle(String route, Object data) throws Exception {
        switch (route) {
            case "sum":
            case "{\"cmd\":\"sum\",\"of\":\"numbers\"}":
                BigDecimal total = BigDecimal.ZERO;
                for (Object each : (List<?>) data) {
                    total = total.add((BigDecimal) each);
                }
                return List.of(total);
            case "echo":
                return Arrays.asList(data);
            case "fail":
                throw new IllegalStateException("as asked");
            case "log":
                return Arrays.asList((Object) null);
            case "slow":
                Thread.sleep(50);
                return List.of(1);
            case "count":
                return List.of(1, 2, 3);
            default:
                return null;
        }
    }

    static Map<String, Object> packet(Object... members) {
        Map<String, Object> packet = new LinkedHashMap<>();
        for (int at = 0; at < members.length; at += 2) {
            packet.put((String) members[at], members[at + 1]);
        }
        return packet;
    }

    static void answer(Map<?, ?> asked, Connection connection) {
        List<Map<String, Object>> replies = new ArrayList<>();
        try {
            List<?> values = handle(route(asked.get("pattern")), asked.get("data"));
            if (values == null) {
                replies.add(packet("status", "error", "err", NO_HANDLER));
            } else {
                values.forEach(each -> replies.add(packet("response", each)));
                replies.get(replies.size() - 1).put("isDisposed", true);
            }
        } catch (Exception error) {
            Object failure = packet("status", "error", "message", "Internal server error");
            replies.clear();
            replies.add(packet("err", failure, "isDisposed", true));
        }
        if (!asked.containsKey("id")) {
            return; // it was an event
        }
        try {
            for (Map<String, Object> each : replies) {
                each.put("id", asked.get("id"));
                connection.write(each);
            }
        } catch (IOException error) {
            // The client has left.
        }
    }

    static void serve(int port) throws IOException {
        try (ServerSocket server = new ServerSocket(port, 511, InetAddress.getLoopbackAddress())) {
            System.out.println(server.getLocalPort());
            while (true) {
                Connection connection = new Connection(server.accept());
                THREADS.execute(() -> serveOne(connection));
            }
        }
    }

    private static void serveOne(Connection connection) {
        try {
            connection.read(packet -> {
                if (packet instanceof Map<?, ?> asked && (asked.containsKey("pattern") || asked.containsKey("data"))) {
                    THREADS.execute(() -> answer(asked, connection));
                }
            });
        } catch (IOException | IllegalArgumentException error) {
            // As Nest does: close, and serve the others.
        }
        connection.close();
    }

    /** A client with one connection, which it opens when it needs one. */
    static final class Client {
        private final int port;
        private int number;
        private Connection connection;
        private Map<String, BlockingQueue<Map<?, ?>>> pending;

        Client(int port) {
            this.port = port;
        }

        /** Returns the values of a call, and its error if it has one. */
        Map<String, Object> send(Object pattern, Object data) {
            List<Object> values = new ArrayList<>();
            Map<String, Object> outcome = packet("values", values);
            BlockingQueue<Map<?, ?>> replies = new LinkedBlockingQueue<>();
            try {
                transmit(packet("pattern", pattern, "data", data), replies);
                while (true) {
                    Map<?, ?> packet = replies.take();
                    if (packet.isEmpty()) {
                        throw new IOException("connection lost");
                    }
                    if (truthy(packet.get("err"))) {
                        outcome.put("error", packet.get("err"));
                        return outcome;
                    }
                    if (packet.containsKey("response")) {
                        values.add(packet.get("response"));
                    }
                    if (truthy(packet.get("isDisposed"))) {
                        return outcome;
                    }
                }
            } catch (IOException | InterruptedException error) {
                outcome.put("failed", error.getMessage());
                return outcome;
            }
        }

        Map<String, Object> emit(Object pattern, Object data) {
            try {
                transmit(packet("pattern", pattern, "data", data), null);
                return packet();
            } catch (IOException error) {
                return packet("failed", error.getMessage());
            }
        }

        private synchronized void transmit(Map<String, Object> packet, BlockingQueue<Map<?, ?>> replies)
                throws IOException {
            if (connection == null) {
                connection = new Connection(new Socket(InetAddress.getLoopbackAddress(), port));
                pending = new ConcurrentHashMap<>();
                Connection opened = connection;
                Map<String, BlockingQueue<Map<?, ?>>> waiting = pending;
                THREADS.execute(() -> receive(opened, waiting));
            }
            if (replies != null) {
                String id = String.format("%021x", ++number);
                packet.put("id", id);
                pending.put(id, replies);
            }
            connection.write(packet);
        }

        private void receive(Connection opened, Map<String, BlockingQueue<Map<?, ?>>> waiting) {
            try {
                opened.read(packet -> {
                    if (packet instanceof Map<?, ?> reply && reply.get("id") instanceof String id
                            && waiting.containsKey(id)) {
                        waiting.get(id).add(reply);
                    }
                });
            } catch (IOException | IllegalArgumentException error) {
                // All that is pending fails, as in Nest.
            }
            synchronized (this) {
                opened.close();
                connection = connection == opened ? null : connection;
                waiting.values().forEach(replies -> replies.add(Map.of()));
            }
        }

        private static boolean truthy(Object value) {
            return !(value == null || value.equals(false) || value.equals("")
                    || value instanceof BigDecimal number && number.signum() == 0);
        }
    }

    static void takeSteps(int port) {
        Client client = new Client(port);
        Object told = client.send("conformance.plan", packet()).get("values");
        for (Object each : (List<?>) ((List<?>) told).get(0)) {
            Map<?, ?> step = (Map<?, ?>) each;
            List<CompletableFuture<Object>> calls = new ArrayList<>();
            for (Object one : (List<?>) step.get("calls")) {
                Map<?, ?> call = (Map<?, ?>) one;
                Object pattern = call.get("pattern");
                Object data = call.get("data");
                boolean event = "emit".equals(call.get("kind"));
                calls.add(CompletableFuture.supplyAsync(
                        () -> event ? client.emit(pattern, data) : client.send(pattern, data), THREADS));
            }
            List<Object> got = new ArrayList<>();
            calls.forEach(call -> got.add(call.join()));
            client.send("conformance.got", packet("check", step.get("check"), "got", got));
        }
    }
}
