//! A server and a client of NestJS microservices over TCP, with Rust's standard library alone.
//!
//!     rustc -O nest.rs
//!     ./nest serve 3000    answers sum, echo, count, fail, slow, {"cmd":"sum","of":"numbers"}
//!     ./nest client 3000   takes the steps of `protocol-inspect conformance --serve 3000`

use std::collections::HashMap;
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{channel, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

const NO_HANDLER: &str = r#""There is no matching message handler defined in the remote service.""#;
const FAILURE: &str = r#"{"status":"error","message":"Internal server error"}"#;
const DEEPEST: usize = 500; // levels of JSON that are read

/// The members of a packet, each value as JSON text, so that ids and data return as they came.
type Packet = Vec<(String, String)>;

fn member<'a>(packet: &'a Packet, name: &str) -> Option<&'a str> {
    let found = packet.iter().rev().find(|(key, _)| key == name);
    found.map(|(_, value)| value.as_str())
}

fn packet(members: &[(&str, &str)]) -> Packet {
    let owned = |(key, value): &(&str, &str)| (key.to_string(), value.to_string());
    members.iter().map(owned).collect()
}

/// Reads JSON without making values of it: each is the text that it was written as.
struct Json<'a> {
    text: &'a str,
    place: usize,
    level: usize,
}

impl<'a> Json<'a> {
    fn new(text: &'a str) -> Self {
        Json {
            text,
            place: 0,
            level: 0,
        }
    }

    /// Applies one of the methods to a whole text; None if that is not JSON of this kind.
    fn read<T>(text: &'a str, method: fn(&mut Json<'a>) -> Option<T>) -> Option<T> {
        let mut json = Json::new(text);
        json.blanks();
        let found = method(&mut json)?;
        json.blanks();
        (json.place == text.len()).then_some(found)
    }

    fn peek(&self) -> u8 {
        *self.text.as_bytes().get(self.place).unwrap_or(&0)
    }

    fn take(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == byte && self.place < self.text.len();
        self.place += is_there as usize;
        is_there
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), b' ' | b'\t' | b'\r' | b'\n') {
            self.place += 1;
        }
    }

    fn value(&mut self) -> Option<&'a str> {
        self.blanks();
        let begin = self.place;
        match self.peek() {
            b'{' => drop(self.members()?),
            b'[' => drop(self.items()?),
            b'"' => drop(self.string()?),
            _ => self.literal()?,
        }
        let raw = &self.text[begin..self.place];
        self.blanks();
        Some(raw)
    }

    fn members(&mut self) -> Option<Packet> {
        let mut members = Packet::new();
        self.listed(b'{', b'}', |json| {
            json.blanks();
            let key = json.string()?;
            json.blanks();
            json.take(b':').then_some(())?;
            members.push((key, json.value()?.to_string()));
            Some(())
        })?;
        Some(members)
    }

    fn items(&mut self) -> Option<Vec<&'a str>> {
        let mut items = Vec::new();
        self.listed(b'[', b']', |json| {
            items.push(json.value()?);
            Some(())
        })?;
        Some(items)
    }

    fn listed(
        &mut self,
        open: u8,
        close: u8,
        mut one: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.take(open).then_some(())?;
        self.level += 1;
        (self.level <= DEEPEST).then_some(())?;
        self.blanks();
        if !self.take(close) {
            one(self)?;
            while self.take(b',') {
                one(self)?;
            }
            self.take(close).then_some(())?;
        }
        self.level -= 1;
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        self.take(b'"').then_some(())?;
        let mut string = String::new();
        loop {
            let next = self.text[self.place..].chars().next()?;
            self.place += next.len_utf8();
            match next {
                '"' => return Some(string),
                '\\' => string.push(self.escaped()?),
                '\0'..='\x1f' => return None,
                _ => string.push(next),
            }
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let next = self.peek();
        self.place += next.is_ascii() as usize;
        Some(match next {
            b'"' | b'\\' | b'/' => next as char,
            b'b' => '\x08',
            b'f' => '\x0c',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let lead = self.unit()?;
                let place = self.place;
                if (0xD800..0xDC00).contains(&lead) && self.take(b'\\') && self.take(b'u') {
                    let trail = self.unit()?;
                    if (0xDC00..0xE000).contains(&trail) {
                        let code = 0x10000 + ((lead - 0xD800) << 10) + (trail - 0xDC00);
                        return char::from_u32(code);
                    }
                }
                self.place = place;
                char::from_u32(lead).unwrap_or('\u{FFFD}') // a lone surrogate
            }
            _ => return None,
        })
    }

    fn unit(&mut self) -> Option<u32> {
        let digits = self.text.get(self.place..self.place + 4)?;
        self.place += 4;
        digits
            .bytes()
            .all(|each| each.is_ascii_hexdigit())
            .then_some(())?;
        u32::from_str_radix(digits, 16).ok()
    }

    fn literal(&mut self) -> Option<()> {
        for word in ["true", "false", "null"] {
            if self.text[self.place..].starts_with(word) {
                self.place += word.len();
                return Some(());
            }
        }
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            let _ = self.take(b'+') || self.take(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        let begin = self.place;
        while self.peek().is_ascii_digit() {
            self.place += 1;
        }
        (self.place > begin).then_some(())
    }
}

/// Writes a string as JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for each in text.chars() {
        match each {
            '"' | '\\' => quoted.extend(['\\', each]),
            '\0'..='\x1f' => quoted += &format!("\\u{:04x}", each as u32),
            _ => quoted.push(each),
        }
    }
    quoted + "\""
}

fn object(members: &Packet) -> String {
    let pair = |(key, value): &(String, String)| format!("{}:{}", quoted(key), value);
    format!(
        "{{{}}}",
        members.iter().map(pair).collect::<Vec<_>>().join(",")
    )
}

/// Writes a value without blanks, and its keys in order.
fn sorted(text: &str) -> String {
    if let Some(mut members) = Json::read(text, Json::members) {
        members.sort_by(|one, other| one.0.cmp(&other.0));
        members
            .iter_mut()
            .for_each(|(_, value)| *value = sorted(value));
        return object(&members);
    }
    match Json::read(text, Json::items) {
        Some(items) => {
            let items: Vec<_> = items.into_iter().map(sorted).collect();
            format!("[{}]", items.join(","))
        }
        None => text.to_string(),
    }
}

/// Returns the name under which a handler is found.
fn route(pattern: &str) -> String {
    match Json::read(pattern, Json::string) {
        Some(text) if text.trim_start().starts_with('{') => sorted(&text),
        Some(text) => text,
        None => sorted(pattern),
    }
}

/// Returns what JavaScript takes for true.
fn truthy(value: Option<&str>) -> bool {
    !matches!(value, None | Some("null" | "false" | "0" | "\"\""))
}

/// Puts the length, in UTF-16 code units, before a packet.
fn frame(packet: &Packet) -> Vec<u8> {
    let body = object(packet);
    format!("{}#{}", body.encode_utf16().count(), body).into_bytes()
}

/// Returns where so many code units end in bytes of UTF-8; None if some are missing.
fn end_of(buffer: &[u8], mut units: usize) -> Option<usize> {
    let mut place = 0;
    while units > 0 {
        let (size, takes) = match *buffer.get(place)? {
            0xF0..=0xFF => (4, 2),
            0xE0..=0xEF => (3, 1),
            0xC0..=0xDF => (2, 1),
            _ => (1, 1),
        };
        place += size;
        units = units.saturating_sub(takes);
    }
    (place <= buffer.len()).then_some(place)
}

/// Reads the length before a body; None if it is malformed.
fn length(text: &[u8]) -> Option<usize> {
    let text = std::str::from_utf8(text).ok()?;
    let text = text.trim_start_matches(|each: char| each.is_whitespace() || each == '\u{FEFF}');
    let text = text.strip_prefix('+').unwrap_or(text);
    let end = text.bytes().take_while(u8::is_ascii_digit).count();
    text[..end].parse().ok().filter(|units| *units > 0)
}

/// Calls take with each body, until the connection ends, or is corrupt or take says so.
fn read_frames(mut stream: &TcpStream, mut take: impl FnMut(&str) -> bool) {
    let (mut buffer, mut chunk) = (Vec::new(), vec![0; 1 << 16]);
    loop {
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return,
            Ok(count) => buffer.extend_from_slice(&chunk[..count]),
        }
        let mut place = 0; // what is before it was taken
        while let Some(mark) = buffer[place..].iter().position(|each| *each == b'#') {
            let units = match length(&buffer[place..place + mark]) {
                Some(units) => units,
                None => return,
            };
            let body = &buffer[place + mark + 1..];
            let end = match body.len() < units {
                true => None,
                false => end_of(body, units),
            };
            match end {
                Some(end) if take(&String::from_utf8_lossy(&body[..end])) => {
                    place += mark + 1 + end
                }
                Some(_) => return,
                None => break,
            }
        }
        buffer.drain(..place);
    }
}

fn sum(data: &str) -> Result<Vec<String>, String> {
    let numbers = Json::read(data, Json::items).ok_or("not a list")?;
    let numbers: Result<Vec<f64>, _> = numbers.into_iter().map(str::parse).collect();
    let total: f64 = numbers.map_err(|_| "not numbers")?.iter().sum();
    // JSON has no infinity; JavaScript writes null for it.
    Ok(vec![if total.is_finite() { total.to_string() } else { "null".into() }])
}

/// Returns the values of a reply: one, or those of a stream. None is a route without a handler.
fn handle(route: &str, data: &str) -> Option<Result<Vec<String>, String>> {
    let texts = |values: &[&str]| Ok(values.iter().map(|each| each.to_string()).collect());
    Some(match route {
        "sum" | r#"{"cmd":"sum","of":"numbers"}"# => sum(data),
        "echo" => texts(&[data]),
        "fail" => Err("as asked".to_string()),
        "log" => texts(&["null"]),
        "count" => texts(&["1", "2", "3"]),
        "slow" => {
            thread::sleep(Duration::from_millis(50));
            texts(&["1"])
        }
        _ => return None,
    })
}

fn answer(request: Packet, write: impl Fn(&[(&str, &str)])) {
    let route = route(member(&request, "pattern").unwrap_or("null"));
    let handled = handle(&route, member(&request, "data").unwrap_or("null"));
    let id = match member(&request, "id") {
        Some(id) => id,
        None => return, // an event
    };
    match handled {
        None => write(&[("status", "\"error\""), ("err", NO_HANDLER), ("id", id)]),
        Some(Err(_)) => write(&[("err", FAILURE), ("isDisposed", "true"), ("id", id)]),
        Some(Ok(values)) => {
            let last = values.len() - 1;
            for value in &values[..last] {
                write(&[("response", value), ("id", id)]);
            }
            write(&[
                ("response", &values[last]),
                ("isDisposed", "true"),
                ("id", id),
            ]);
        }
    }
}

fn serve_connection(stream: TcpStream) {
    let stream = Arc::new(stream);
    let lock = Arc::new(Mutex::new(()));
    read_frames(&stream, |body| {
        if Json::read(body, Json::value).is_none() {
            return false; // corrupt
        }
        let request = match Json::read(body, Json::members) {
            Some(members) => members,
            None => return true, // it is no object
        };
        if member(&request, "pattern")
            .or(member(&request, "data"))
            .is_some()
        {
            let (stream, lock) = (stream.clone(), lock.clone());
            thread::spawn(move || {
                answer(request, |reply| {
                    let _one_at_a_time = lock.lock();
                    // Who has left needs no reply.
                    let _ = (&*stream).write_all(&frame(&packet(reply)));
                })
            });
        }
        true
    });
    let _ = stream.shutdown(Shutdown::Both);
}

fn serve(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    println!("{}", listener.local_addr()?.port());
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || serve_connection(stream));
    }
    Ok(())
}

type Pending = Arc<Mutex<HashMap<String, Sender<Packet>>>>;

/// A client with one connection, which it opens when it needs one.
struct Client {
    port: u16,
    connected: Mutex<(u64, Option<(TcpStream, Pending)>)>,
}

/// What the server replied to a call, as JSON texts.
#[derive(Default)]
struct Outcome {
    values: Vec<String>,
    error: Option<String>,
    failed: Option<String>,
}

impl Outcome {
    fn text(&self) -> String {
        let mut members = packet(&[("values", &format!("[{}]", self.values.join(",")))]);
        if let Some(error) = &self.error {
            members.extend(packet(&[("error", error)]));
        }
        if let Some(reason) = &self.failed {
            members.extend(packet(&[("failed", &quoted(reason))]));
        }
        object(&members)
    }
}

impl Client {
    /// Returns when the call is over.
    fn send(self: &Arc<Self>, pattern: &str, data: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let replies = match self.transmit(pattern, data, true) {
            Ok(replies) => replies,
            Err(error) => {
                outcome.failed = Some(error.to_string());
                return outcome;
            }
        };
        for reply in replies {
            if truthy(member(&reply, "err")) {
                outcome.error = member(&reply, "err").map(str::to_string);
                return outcome;
            }
            outcome
                .values
                .extend(member(&reply, "response").map(str::to_string));
            if truthy(member(&reply, "isDisposed")) {
                return outcome;
            }
        }
        outcome.failed = Some("connection lost".to_string());
        outcome
    }

    /// Sends an event.
    fn emit(self: &Arc<Self>, pattern: &str, data: &str) -> Outcome {
        let sent = self.transmit(pattern, data, false);
        let failed = sent.err().map(|error| error.to_string());
        Outcome {
            failed,
            ..Outcome::default()
        }
    }

    fn transmit(
        self: &Arc<Self>,
        pattern: &str,
        data: &str,
        asks: bool,
    ) -> io::Result<Receiver<Packet>> {
        let mut guard = self.connected.lock().unwrap();
        let (number, connection) = &mut *guard;
        if connection.is_none() {
            let stream = TcpStream::connect(("127.0.0.1", self.port))?;
            let (reads, client) = (stream.try_clone()?, self.clone());
            let pending = Pending::default();
            let of_thread = pending.clone();
            thread::spawn(move || client.receive(reads, of_thread));
            *connection = Some((stream, pending));
        }
        let (stream, pending) = connection.as_mut().unwrap();
        let (sender, replies) = channel();
        let mut request = packet(&[("pattern", pattern), ("data", data)]);
        if asks {
            *number += 1;
            let id = format!("\"{:021x}\"", number);
            request.extend(packet(&[("id", &id)]));
            pending.lock().unwrap().insert(id, sender);
        }
        stream.write_all(&frame(&request))?;
        Ok(replies)
    }

    fn receive(&self, stream: TcpStream, pending: Pending) {
        read_frames(&stream, |body| {
            let reply = match Json::read(body, Json::members) {
                Some(reply) => reply,
                None => return false,
            };
            let id = member(&reply, "id").unwrap_or("").to_string();
            let is_last = truthy(member(&reply, "err")) || truthy(member(&reply, "isDisposed"));
            let mut pending = pending.lock().unwrap();
            if let Some(sender) = pending.get(&id) {
                let _ = sender.send(reply); // who has given up needs none
                if is_last {
                    pending.remove(&id);
                }
            }
            true
        });
        let _ = stream.shutdown(Shutdown::Both);
        let (_, connection) = &mut *self.connected.lock().unwrap();
        if matches!(connection, Some((_, its)) if Arc::ptr_eq(its, &pending)) {
            *connection = None;
        }
        pending.lock().unwrap().clear(); // calls without their end are over
    }
}

fn take_steps(port: u16) -> Option<()> {
    let client = Arc::new(Client {
        port,
        connected: Mutex::new((0, None)),
    });
    let plan = client
        .send("\"conformance.plan\"", "{}")
        .values
        .into_iter()
        .next()?;
    for step in Json::read(&plan, Json::items)? {
        let step = Json::read(step, Json::members)?;
        let mut threads = Vec::new();
        for call in Json::read(member(&step, "calls")?, Json::items)? {
            let (client, call) = (client.clone(), Json::read(call, Json::members)?);
            threads.push(thread::spawn(move || {
                let pattern = member(&call, "pattern").unwrap_or("null");
                let data = member(&call, "data").unwrap_or("null");
                match member(&call, "kind") {
                    Some("\"emit\"") => client.emit(pattern, data),
                    _ => client.send(pattern, data),
                }
            }));
        }
        let got: Vec<_> = threads
            .into_iter()
            .map(|each| each.join().unwrap().text())
            .collect();
        let got = format!("[{}]", got.join(","));
        let told = object(&packet(&[
            ("check", member(&step, "check")?),
            ("got", &got),
        ]));
        client.send("\"conformance.got\"", &told);
    }
    Some(())
}

fn main() {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let port = words.get(1).and_then(|text| text.parse().ok());
    let failed = match (words.first().map(String::as_str), port) {
        (Some("serve"), Some(port)) => serve(port).err().map(|error| error.to_string()),
        (Some("client"), Some(port)) => take_steps(port)
            .is_none()
            .then(|| "there is no plan".into()),
        _ => Some("usage: nest serve|client PORT".into()),
    };
    if let Some(reason) = failed {
        eprintln!("{}", reason);
        std::process::exit(1);
    }
}
