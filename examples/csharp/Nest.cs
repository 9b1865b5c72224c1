// A server and a client of NestJS microservices over TCP, with C# 7 and .NET's own library alone.
//
//     mcs Nest.cs
//     mono Nest.exe serve 3000     answers sum, echo, count, fail, slow, {"cmd":"sum","of":"numbers"}
//     mono Nest.exe client 3000    takes the steps of `protocol-inspect conformance --serve 3000`

using System;
using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Specialized;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;

/// <summary>A number as its JSON text, so that ids and data return as they came.</summary>
sealed class Number
{
    public readonly string Text;

    public Number(string text) { Text = text; }

    public Number(double value)
    {
        bool finite = !double.IsNaN(value) && !double.IsInfinity(value);
        Text = finite ? value.ToString("R", CultureInfo.InvariantCulture) : "null";
    }

    public double Value => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);
}

/// <summary>JSON: OrderedDictionary, List of object, string, Number, bool and null.</summary>
sealed class Json
{
    const int Deepest = 500; // levels that are read: a stack that is full would end the process
    static readonly Regex NumberText = new Regex(@"\G-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?");
    readonly string text;
    int place;
    int depth;

    Json(string text) { this.text = text; }

    public static object Parse(string text)
    {
        var json = new Json(text);
        object value = json.Value();
        json.Blanks();
        return json.place == text.Length ? value : throw new FormatException("more after the JSON text");
    }

    object Value()
    {
        Blanks();
        switch (Peek())
        {
            case '{':
                var members = new OrderedDictionary();
                Each('}', () => Member(members));
                return members;
            case '[':
                var items = new List<object>();
                Each(']', () => items.Add(Value()));
                return items;
            case '"':
                return String();
        }
        return Literal("true", true) ?? Literal("false", false) ?? (Take("null") ? null : NumberHere());
    }

    object Literal(string word, bool value) => Take(word) ? (object)value : null;

    object NumberHere()
    {
        Match found = NumberText.Match(text, place);
        place += found.Length;
        return found.Success ? new Number(found.Value) : throw new FormatException("no value");
    }

    /// <summary>Reads what stands between brackets, separated by commas.</summary>
    void Each(char close, Action read)
    {
        if (++depth > Deepest)
        {
            throw new FormatException("too deep");
        }
        place++;
        Blanks();
        bool more = Peek() != close;
        while (more)
        {
            read();
            Blanks();
            more = Take(",");
        }
        Expect(close);
        depth--;
    }

    void Member(OrderedDictionary members)
    {
        Blanks();
        string key = String();
        Blanks();
        Expect(':');
        members[key] = Value();
    }

    string String()
    {
        Expect('"');
        var found = new StringBuilder();
        for (char next = Peek(); next != '"'; next = Peek())
        {
            place++;
            found.Append(next == '\\' ? Escaped() : next >= ' ' ? next : throw new FormatException("control"));
        }
        place++;
        return found.ToString();
    }

    char Escaped()
    {
        char next = Peek();
        place++;
        if (next == 'u')
        {
            string digits = text.Substring(place, Math.Min(4, text.Length - place));
            place += 4;
            return digits.Length == 4 && digits.All(Uri.IsHexDigit)
                ? (char)Convert.ToInt32(digits, 16)
                : throw new FormatException("no code unit");
        }
        int known = "\"\\/bfnrt".IndexOf(next);
        return known >= 0 ? "\"\\/\b\f\n\r\t"[known] : throw new FormatException("no escape");
    }

    void Blanks()
    {
        while (place < text.Length && " \t\r\n".IndexOf(text[place]) >= 0)
        {
            place++;
        }
    }

    char Peek() => place < text.Length ? text[place] : throw new FormatException("ends too early");

    bool Take(string word)
    {
        bool found = string.CompareOrdinal(text, place, word, 0, word.Length) == 0;
        place += found ? word.Length : 0;
        return found;
    }

    void Expect(char wanted)
    {
        if (!Take(wanted.ToString()))
        {
            throw new FormatException("no " + wanted);
        }
    }

    public static string Write(object value)
    {
        if (value is OrderedDictionary members)
        {
            return "{" + string.Join(",", members.Cast<DictionaryEntry>().Select(WriteMember)) + "}";
        }
        if (value is string text)
        {
            return Quoted(text);
        }
        if (value is IEnumerable items)
        {
            return "[" + string.Join(",", items.Cast<object>().Select(Write)) + "]";
        }
        if (value is bool truth)
        {
            return truth ? "true" : "false";
        }
        return value == null ? "null" : ((Number)value).Text;
    }

    static string WriteMember(DictionaryEntry member) => Quoted((string)member.Key) + ":" + Write(member.Value);

    static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        for (int at = 0; at < text.Length; at++)
        {
            if (at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]))
            {
                quoted.Append(text, at++, 2);
            }
            else if (text[at] < ' ' || char.IsSurrogate(text[at])) // UTF-8 has no lone surrogates
            {
                quoted.AppendFormat("\\u{0:x4}", (int)text[at]);
            }
            else
            {
                quoted.Append(text[at] == '"' || text[at] == '\\' ? "\\" : "").Append(text[at]);
            }
        }
        return quoted.Append('"').ToString();
    }

    /// <summary>Returns what JavaScript takes for true.</summary>
    public static bool Truthy(object value) =>
        !(value == null || value.Equals(false) || value.Equals("") || value is Number number && number.Value == 0);
}

/// <summary>One side of a connection: bytes become packets, and packets bytes.</summary>
sealed class Connection
{
    static readonly Regex Length = new Regex(@"^[\s\uFEFF-[\u0085]]*\+?([0-9]+)");
    readonly TcpClient socket;
    readonly NetworkStream stream;
    readonly SemaphoreSlim turn = new SemaphoreSlim(1);
    byte[] buffer = new byte[1 << 16];
    int size;

    public Connection(TcpClient socket)
    {
        this.socket = socket;
        socket.NoDelay = true;
        stream = socket.GetStream();
    }

    public void Close() => socket.Close();

    /// <summary>Writes a packet. A string counts UTF-16 code units, as JavaScript's does.</summary>
    public async Task Write(OrderedDictionary packet)
    {
        string body = Json.Write(packet);
        byte[] frame = Encoding.UTF8.GetBytes(body.Length + "#" + body);
        await turn.WaitAsync();
        try
        {
            await stream.WriteAsync(frame, 0, frame.Length);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Passes on each packet until the connection ends, or is corrupt.</summary>
    public async Task Read(Action<object> take)
    {
        int count;
        while ((count = await stream.ReadAsync(buffer, size, buffer.Length - size)) > 0)
        {
            size += count;
            int begin = 0;
            for (int end = Next(0, take); end >= 0; end = Next(begin, take))
            {
                begin = end;
            }
            size -= begin;
            Buffer.BlockCopy(buffer, begin, buffer, 0, size);
            if (size == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * size);
            }
        }
    }

    /// <summary>Passes on the packet at a place, and returns where it ends; -1 if it is not complete.</summary>
    int Next(int place, Action<object> take)
    {
        int mark = Array.IndexOf(buffer, (byte)'#', place, size - place);
        if (mark < 0)
        {
            return -1;
        }
        Match found = Length.Match(Encoding.UTF8.GetString(buffer, place, mark - place));
        if (!long.TryParse(found.Groups[1].Value, out long units) || units == 0)
        {
            throw new FormatException("no length");
        }
        int end = EndOf(mark + 1, units);
        if (end >= 0)
        {
            take(Json.Parse(Encoding.UTF8.GetString(buffer, mark + 1, end - mark - 1)));
        }
        return end;
    }

    /// <summary>Returns where so many code units end in bytes of UTF-8; -1 if some are missing.</summary>
    int EndOf(int place, long units)
    {
        if (size - place < units)
        {
            return -1;
        }
        while (units > 0 && place < size)
        {
            byte lead = buffer[place];
            place += lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
            units -= lead < 0xF0 ? 1 : 2;
        }
        return units <= 0 && place <= size ? place : -1;
    }
}

static class Server
{
    const string NoHandler = "There is no matching message handler defined in the remote service.";

    public static async Task Serve(int port)
    {
        var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start(511);
        Console.WriteLine(((IPEndPoint)listener.LocalEndpoint).Port);
        while (true)
        {
            _ = ServeOne(await listener.AcceptTcpClientAsync()); // beside the others
        }
    }

    static async Task ServeOne(TcpClient socket)
    {
        using (socket)
        {
            try
            {
                var connection = new Connection(socket);
                await connection.Read(packet => Take(packet, connection));
            }
            catch (Exception error) when (Program.IsOfConnection(error))
            {
                // As Nest does: close, and serve the others.
            }
        }
    }

    static void Take(object packet, Connection connection)
    {
        if (packet is OrderedDictionary asked && (asked.Contains("pattern") || asked.Contains("data")))
        {
            _ = Answer(asked, connection); // while the next are read
        }
    }

    static async Task Answer(OrderedDictionary asked, Connection connection)
    {
        List<OrderedDictionary> replies = await Replies(Route(asked["pattern"]), asked["data"]);
        if (!asked.Contains("id"))
        {
            return; // it was an event
        }
        try
        {
            foreach (OrderedDictionary each in replies)
            {
                each["id"] = asked["id"];
                await connection.Write(each);
            }
        }
        catch (Exception error) when (Program.IsOfConnection(error))
        {
            // The client has left.
        }
    }

    static async Task<List<OrderedDictionary>> Replies(string route, object data)
    {
        try
        {
            object[] values = await Handle(route, data);
            if (values == null)
            {
                return new List<OrderedDictionary> { Program.Packet("status", "error", "err", NoHandler) };
            }
            var replies = values.Select(each => Program.Packet("response", each)).ToList();
            replies.Last()["isDisposed"] = true;
            return replies;
        }
        catch (Exception)
        {
            OrderedDictionary failure = Program.Packet("status", "error", "message", "Internal server error");
            return new List<OrderedDictionary> { Program.Packet("err", failure, "isDisposed", true) };
        }
    }

    /// <summary>Returns the values of the reply to a pattern; null if nothing handles it.</summary>
    static async Task<object[]> Handle(string route, object data)
    {
        switch (route)
        {
            case "sum":
            case "{\"cmd\":\"sum\",\"of\":\"numbers\"}":
                return new object[] { new Number(((List<object>)data).Sum(each => ((Number)each).Value)) };
            case "echo":
                return new[] { data };
            case "fail":
                throw new InvalidOperationException("as asked");
            case "log":
                return new object[] { null };
            case "slow":
                await Task.Delay(50);
                return new object[] { new Number(1) };
            case "count":
                return new object[] { new Number(1), new Number(2), new Number(3) };
        }
        return null;
    }

    /// <summary>Returns the name under which a handler is found: objects have their keys sorted.</summary>
    static string Route(object pattern)
    {
        if (!(pattern is string text))
        {
            return Json.Write(Sorted(pattern));
        }
        try
        {
            object parsed = Json.Parse(text);
            return parsed is OrderedDictionary ? Json.Write(Sorted(parsed)) : text;
        }
        catch (FormatException)
        {
            return text;
        }
    }

    static object Sorted(object value)
    {
        if (!(value is OrderedDictionary members))
        {
            return value;
        }
        var sorted = new OrderedDictionary();
        foreach (string key in members.Keys.Cast<string>().OrderBy(each => each, StringComparer.Ordinal))
        {
            sorted[key] = Sorted(members[key]);
        }
        return sorted;
    }
}

/// <summary>A call that is over when its last reply came, or its connection ended.</summary>
sealed class Call
{
    readonly TaskCompletionSource<bool> over =
        new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly List<object> values = new List<object>();

    public Call() { Outcome = Program.Packet("values", values); }

    public OrderedDictionary Outcome { get; }

    public Task Over => over.Task;

    /// <summary>Takes a reply, and returns whether it was the last: an error is looked for first.</summary>
    public bool Take(OrderedDictionary reply)
    {
        bool failed = Json.Truthy(reply["err"]);
        if (failed)
        {
            Outcome["error"] = reply["err"];
        }
        else if (reply.Contains("response"))
        {
            values.Add(reply["response"]);
        }
        bool last = failed || Json.Truthy(reply["isDisposed"]);
        return last && over.TrySetResult(true);
    }

    public void Fail(string reason)
    {
        Outcome["failed"] = reason;
        over.TrySetResult(false);
    }
}

/// <summary>A client with one connection, which it opens when it needs one.</summary>
sealed class Client
{
    readonly int port;
    readonly SemaphoreSlim turn = new SemaphoreSlim(1);
    int number;
    Connection connection;
    ConcurrentDictionary<string, Call> pending; // of that connection

    public Client(int port) { this.port = port; }

    /// <summary>Returns the values of a call, and its error if it has one.</summary>
    public async Task<OrderedDictionary> Send(object pattern, object data)
    {
        var call = new Call();
        try
        {
            await Transmit(Program.Packet("pattern", pattern, "data", data), call);
            await call.Over;
        }
        catch (Exception error) when (Program.IsOfConnection(error))
        {
            call.Fail(error.Message);
        }
        return call.Outcome;
    }

    /// <summary>Sends an event.</summary>
    public async Task<OrderedDictionary> Emit(object pattern, object data)
    {
        try
        {
            await Transmit(Program.Packet("pattern", pattern, "data", data), null);
            return Program.Packet();
        }
        catch (Exception error) when (Program.IsOfConnection(error))
        {
            return Program.Packet("failed", error.Message);
        }
    }

    async Task Transmit(OrderedDictionary packet, Call call)
    {
        await turn.WaitAsync();
        try
        {
            if (connection == null)
            {
                await Connect();
            }
            if (call != null)
            {
                string id = (++number).ToString("x21");
                packet["id"] = id;
                pending[id] = call;
            }
            await connection.Write(packet);
        }
        finally
        {
            turn.Release();
        }
    }

    async Task Connect()
    {
        var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, port);
        connection = new Connection(socket);
        pending = new ConcurrentDictionary<string, Call>();
        _ = Receive(connection, pending); // until it ends
    }

    async Task Receive(Connection opened, ConcurrentDictionary<string, Call> waiting)
    {
        try
        {
            await opened.Read(packet => Take(packet, waiting));
        }
        catch (Exception error) when (Program.IsOfConnection(error))
        {
            // All that is pending fails, as in Nest.
        }
        opened.Close();
        await turn.WaitAsync(); // from here on, calls open another connection
        connection = connection == opened ? null : connection;
        turn.Release();
        foreach (Call each in waiting.Values)
        {
            each.Fail("connection lost");
        }
    }

    static void Take(object packet, ConcurrentDictionary<string, Call> waiting)
    {
        if (packet is OrderedDictionary reply && reply["id"] is string id
            && waiting.TryGetValue(id, out Call call) && call.Take(reply))
        {
            waiting.TryRemove(id, out call);
        }
    }
}

static class Program
{
    public static int Main(string[] arguments)
    {
        if (arguments.Length != 2 || !ushort.TryParse(arguments[1], out ushort port))
        {
            Console.Error.WriteLine("usage: Nest serve|client PORT");
            return 2;
        }
        try
        {
            (arguments[0] == "serve" ? Server.Serve(port) : TakeSteps(port)).GetAwaiter().GetResult();
            return 0;
        }
        catch (Exception error) when (IsOfConnection(error))
        {
            Console.Error.WriteLine(error.Message);
            return 1;
        }
    }

    /// <summary>Returns whether an error is of a connection, or of what came on it.</summary>
    public static bool IsOfConnection(Exception error) =>
        error is IOException || error is SocketException || error is ObjectDisposedException
        || error is FormatException;

    public static OrderedDictionary Packet(params object[] members)
    {
        var packet = new OrderedDictionary();
        for (int at = 0; at < members.Length; at += 2)
        {
            packet[members[at]] = members[at + 1];
        }
        return packet;
    }

    static async Task TakeSteps(int port)
    {
        var client = new Client(port);
        var told = (List<object>)(await client.Send("conformance.plan", Packet()))["values"];
        if (told.Count == 0)
        {
            throw new IOException("there is no plan");
        }
        foreach (OrderedDictionary step in (List<object>)told[0])
        {
            var calls = ((List<object>)step["calls"]).Cast<OrderedDictionary>().Select(call =>
                (string)call["kind"] == "emit"
                    ? client.Emit(call["pattern"], call["data"])
                    : client.Send(call["pattern"], call["data"]));
            OrderedDictionary[] got = await Task.WhenAll(calls);
            await client.Send("conformance.got", Packet("check", step["check"], "got", got));
        }
    }
}
