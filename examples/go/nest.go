// A server and a client of NestJS microservices over TCP, with Go's standard library alone.
//
//	go run nest.go serve 3000    answers sum, echo, count, fail, slow, {"cmd":"sum","of":"numbers"}
//	go run nest.go client 3000   takes the steps of `protocol-inspect conformance --serve 3000`
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf16"
)

// Packet keeps every member as JSON text, so that ids and data return as they came.
type Packet map[string]json.RawMessage

var (
	errCorrupt = errors.New("corrupt frame")
	length     = regexp.MustCompile(`^[\s\x{feff}]*\+?([0-9]+)`)
	yes        = json.RawMessage("true")
)

const noHandler = `"There is no matching message handler defined in the remote service."`

// encode writes a value as JSON without escaping <, > and &.
func encode(value any) json.RawMessage {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return bytes.TrimSpace(text.Bytes())
}

// frame puts the length, in UTF-16 code units, before a packet.
func frame(packet Packet) []byte {
	body := encode(packet)
	units := len(utf16.Encode([]rune(string(body))))
	return append([]byte(strconv.Itoa(units)+"#"), body...)
}

// endOf returns where so many code units end in bytes of UTF-8; -1 if some are missing.
func endOf(buffer []byte, place, units int) int {
	for units > 0 {
		if place >= len(buffer) {
			return -1
		}
		size := 1
		switch lead := buffer[place]; {
		case lead >= 0xF0:
			size, units = 4, units-1
		case lead >= 0xE0:
			size = 3
		case lead >= 0xC0:
			size = 2
		}
		units, place = units-1, place+size
	}
	if place > len(buffer) {
		return -1
	}
	return place
}

// readFrames calls take with each body, until the connection ends or is corrupt.
func readFrames(connection net.Conn, take func([]byte) error) error {
	var buffer []byte
	chunk := make([]byte, 1<<16)
	for {
		count, err := connection.Read(chunk)
		if err != nil {
			return err
		}
		buffer = append(buffer, chunk[:count]...)
		for {
			mark := bytes.IndexByte(buffer, '#')
			if mark < 0 {
				break
			}
			found := length.FindSubmatch(buffer[:mark])
			if found == nil {
				return errCorrupt
			}
			units, err := strconv.Atoi(string(found[1]))
			if err != nil || units == 0 {
				return errCorrupt
			}
			if len(buffer)-mark-1 < units {
				break
			}
			end := endOf(buffer, mark+1, units)
			if end < 0 {
				break
			}
			if err := take(buffer[mark+1 : end]); err != nil {
				return err
			}
			buffer = append([]byte(nil), buffer[end:]...)
		}
	}
}

// route returns the name under which a handler is found: Go sorts the keys of maps.
func route(pattern json.RawMessage) string {
	var text string
	if json.Unmarshal(pattern, &text) == nil {
		if strings.HasPrefix(strings.TrimSpace(text), "{") {
			pattern = json.RawMessage(text)
		} else {
			return text
		}
	}
	var object map[string]any
	if json.Unmarshal(pattern, &object) == nil && object != nil {
		return string(encode(object))
	}
	return string(pattern)
}

// Handler returns the values of its reply: one, or those of a stream.
type Handler func(data json.RawMessage) ([]any, error)

func sum(data json.RawMessage) ([]any, error) {
	var numbers []float64
	if err := json.Unmarshal(data, &numbers); err != nil {
		return nil, err
	}
	total := 0.0
	for _, each := range numbers {
		total += each
	}
	return []any{total}, nil
}

var handlers = map[string]Handler{
	"sum":                          sum,
	`{"cmd":"sum","of":"numbers"}`: sum,
	"echo":                         func(data json.RawMessage) ([]any, error) { return []any{data}, nil },
	"fail":                         func(json.RawMessage) ([]any, error) { return nil, errors.New("as asked") },
	"log":                          func(json.RawMessage) ([]any, error) { return []any{nil}, nil },
	"count":                        func(json.RawMessage) ([]any, error) { return []any{1, 2, 3}, nil },
	"slow": func(json.RawMessage) ([]any, error) {
		time.Sleep(50 * time.Millisecond)
		return []any{1}, nil
	},
}

func answer(packet Packet, write func(Packet)) {
	handler, known := handlers[route(packet["pattern"])]
	call, asked := packet["id"]
	if !known {
		if asked {
			write(Packet{"status": json.RawMessage(`"error"`), "err": json.RawMessage(noHandler), "id": call})
		}
		return
	}
	values, err := handler(packet["data"])
	switch {
	case !asked:
	case err != nil:
		failure := map[string]string{"status": "error", "message": "Internal server error"}
		write(Packet{"err": encode(failure), "isDisposed": yes, "id": call})
	default:
		for at, value := range values {
			reply := Packet{"response": encode(value), "id": call}
			if at == len(values)-1 {
				reply["isDisposed"] = yes
			}
			write(reply)
		}
	}
}

func serveConnection(connection net.Conn) {
	defer connection.Close()
	var lock sync.Mutex
	write := func(packet Packet) {
		lock.Lock()
		defer lock.Unlock()
		connection.Write(frame(packet)) // who has left needs no reply
	}
	readFrames(connection, func(body []byte) error {
		if !json.Valid(body) {
			return errCorrupt
		}
		var packet Packet
		if json.Unmarshal(body, &packet) != nil {
			return nil // it is no object
		}
		_, hasPattern := packet["pattern"]
		_, hasData := packet["data"]
		if hasPattern || hasData {
			go answer(packet, write)
		}
		return nil
	})
}

func serve(port string) error {
	listener, err := net.Listen("tcp", "127.0.0.1:"+port)
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go serveConnection(connection)
	}
}

// Client has one connection, which it opens when it needs one.
type Client struct {
	port       string
	lock       sync.Mutex
	number     int
	connection net.Conn
	pending    map[string]chan Packet // of that connection
}

// Outcome is what the server replied to a call.
type Outcome struct {
	Values []json.RawMessage `json:"values"`
	Error  json.RawMessage   `json:"error,omitempty"`
	Failed string            `json:"failed,omitempty"`
}

// Send returns when the call is over.
func (client *Client) Send(pattern, data json.RawMessage) Outcome {
	outcome := Outcome{Values: []json.RawMessage{}}
	replies, err := client.transmit(Packet{"pattern": pattern, "data": data}, true)
	if err != nil {
		outcome.Failed = err.Error()
		return outcome
	}
	for packet := range replies {
		if truthy(packet["err"]) {
			outcome.Error = packet["err"]
			return outcome
		}
		if value, has := packet["response"]; has {
			outcome.Values = append(outcome.Values, value)
		}
		if truthy(packet["isDisposed"]) {
			return outcome
		}
	}
	outcome.Failed = "connection lost"
	return outcome
}

// Emit sends an event.
func (client *Client) Emit(pattern, data json.RawMessage) Outcome {
	client.transmit(Packet{"pattern": pattern, "data": data}, false)
	return Outcome{Values: []json.RawMessage{}}
}

func (client *Client) transmit(packet Packet, asks bool) (chan Packet, error) {
	client.lock.Lock()
	defer client.lock.Unlock()
	if client.connection == nil {
		connection, err := net.Dial("tcp", "127.0.0.1:"+client.port)
		if err != nil {
			return nil, err
		}
		client.connection, client.pending = connection, map[string]chan Packet{}
		go client.receive(connection, client.pending)
	}
	replies := make(chan Packet, 1024)
	if asks {
		client.number++
		packet["id"] = encode(fmt.Sprintf("%021x", client.number))
		client.pending[string(packet["id"])] = replies
	}
	_, err := client.connection.Write(frame(packet))
	return replies, err
}

func (client *Client) receive(connection net.Conn, pending map[string]chan Packet) {
	readFrames(connection, func(body []byte) error {
		var packet Packet
		if err := json.Unmarshal(body, &packet); err != nil {
			return err
		}
		client.lock.Lock()
		defer client.lock.Unlock()
		if replies, known := pending[string(packet["id"])]; known {
			replies <- packet
			if truthy(packet["err"]) || truthy(packet["isDisposed"]) {
				delete(pending, string(packet["id"]))
			}
		}
		return nil
	})
	client.lock.Lock()
	defer client.lock.Unlock()
	connection.Close()
	if client.connection == connection {
		client.connection = nil
	}
	for _, replies := range pending {
		close(replies)
	}
}

// truthy is what JavaScript takes for true.
func truthy(value json.RawMessage) bool {
	switch string(value) {
	case "", "null", "false", "0", `""`:
		return false
	}
	return true
}

func takeSteps(port string) error {
	client := &Client{port: port}
	var plan []struct {
		Check json.RawMessage
		Calls []struct {
			Kind          string
			Pattern, Data json.RawMessage
		}
	}
	told := client.Send(encode("conformance.plan"), encode(map[string]any{}))
	if len(told.Values) == 0 {
		return errors.New("there is no plan")
	}
	if err := json.Unmarshal(told.Values[0], &plan); err != nil {
		return err
	}
	for _, step := range plan {
		got := make([]Outcome, len(step.Calls))
		var all sync.WaitGroup
		for at := range step.Calls {
			all.Add(1)
			go func(at int) {
				defer all.Done()
				call := step.Calls[at]
				if call.Kind == "emit" {
					got[at] = client.Emit(call.Pattern, call.Data)
				} else {
					got[at] = client.Send(call.Pattern, call.Data)
				}
			}(at)
		}
		all.Wait()
		client.Send(encode("conformance.got"), encode(map[string]any{"check": step.Check, "got": got}))
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: nest serve|client PORT")
		os.Exit(2)
	}
	run := takeSteps
	if os.Args[1] == "serve" {
		run = serve
	}
	if err := run(os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
