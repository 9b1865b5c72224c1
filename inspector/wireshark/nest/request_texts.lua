-- What requests of HTTP, and their responses, say: patterns, routes, queries, and what failed.
--
--     GET /users/7?all=1          GET /users/7, of the route GET /users/:id; a query is data
--     POST /graphql, a query      POST /graphql query Users
--
-- Sources: RFC 9110; the GraphQL specification, October 2021, section 2; the HTML standard,
-- section 9.2.

local bytes = require("nest.bytes")
local json = require("nest.json")
local packets = require("nest.packets")

local request_texts = {}

local MOST, LONGEST = 1024, 16384 -- bytes of a pattern, and of a document of GraphQL that are looked at
local METADATA = { "traceparent", "tracestate", "forwarded", "x-forwarded-for" }
local FAILED = 400

-- Patterns --------------------------------------------------------------------

local function operation_in(document, name)
  local text = document:sub(1, LONGEST):gsub("#[^\n\r]*", " "):gsub("[%s,]+", " "):match("^ ?(.-) ?$")
  local kind = text:match("^(%a+)") or "query"
  local known = kind == "query" or kind == "mutation" or kind == "subscription" or kind == "fragment"
  if not (known or text:find("^{")) or not text:find("{", 1, true) then return "" end
  local own = text:match("^%a+ ([_%a][_%w]*)")
  if name ~= "" or kind == "fragment" then
    kind, own = "query", nil
    for word, called in text:gmatch("(%a+)%f[%A] ?([_%a]?[_%w]*)") do
      local operation = word == "query" or word == "mutation" or word == "subscription"
      if operation and (name == "" or called == name) then
        kind, own = word, called
        break
      end
    end
  end
  local field = text:match("{ ?([_%a][_%w]*)") or ""
  local alias = text:match("{ ?[_%a][_%w]* ?: ?([_%a][_%w]*)")
  local called = name ~= "" and name or own and own ~= "" and own or alias or field
  return (kind .. " " .. called):match("^(.-) ?$")
end

-- Return the operation of GraphQL that a body asks for; nothing if it is another body.
local function operation_of(value)
  local members = type(value) == "table" and value.object
  if not members then return "" end
  local name = type(members.operationName) == "string" and members.operationName:match("^[_%a][_%w]*$") or ""
  if type(members.query) == "string" then return operation_in(members.query, name) end
  local extensions = type(members.extensions) == "table" and members.extensions.object
  return extensions and extensions.persistedQuery ~= nil and name ~= "" and "operation " .. name or ""
end

-- Return the pattern of a request, and its path.
function request_texts.pattern(head, value)
  local target = head.target:gsub("^%a[%w+.-]*://[^/?#]*", "")
  local path = target:match("^[^?]*")
  path = path ~= "" and path or "/"
  local operation = operation_of(value)
  local words = head.method .. " " .. path .. (operation ~= "" and " " .. operation or "")
  return words:sub(1, MOST), path
end

-- Whether a segment of a path names one of many: a number, a UUID, or what is random.
local function names_one(segment)
  if segment:find("^%d+$") or (#segment >= 16 and segment:find("^%x+$")) then return true end
  local hyphens = { segment:match("^(%x+)%-(%x+)%-(%x+)%-(%x+)%-(%x+)$") }
  if #segment == 36 and #(hyphens[1] or "") == 8 and #hyphens[5] == 12 then return true end
  return #segment >= 20 and segment:find("^[%w_-]+$") and segment:find("%d") and segment:find("%a")
end

function request_texts.route(pattern)
  return (pattern:gsub("/([^/ ]+)", function(segment) return names_one(segment) and "/:id" or nil end))
end

-- Values ----------------------------------------------------------------------

local function quoted(text)
  return json.quoted(bytes.is_utf8(text) and text or (text:gsub("[\128-\255]", "\239\191\189")))
end

local function unescaped(text)
  return (text:gsub("+", " "):gsub("%%(%x%x)", function(digits) return string.char(tonumber(digits, 16)) end))
end

-- Return the query of a target as JSON, an object of strings; nil without one.
function request_texts.query(head)
  local query = head.target:match("%?([^#]*)")
  if not query or query == "" then return nil end
  local names, values = {}, {}
  for name, value in query:gmatch("([^&=]+)=?([^&]*)") do
    name = unescaped(name)
    if not values[name] then names[#names + 1], values[name] = name, {} end
    table.insert(values[name], quoted(unescaped(value)))
  end
  local members = {}
  for index, name in ipairs(names) do
    local own = values[name]
    members[index] = quoted(name) .. ":" .. (#own > 1 and "[" .. table.concat(own, ",") .. "]" or own[1])
  end
  return "{" .. table.concat(members, ",") .. "}"
end

-- Return whom a request is for, by its trace and by the proxies before it; nil if it says nothing.
function request_texts.metadata(head)
  local found = {}
  for _, name in ipairs(METADATA) do
    if head.fields[name] then found[#found + 1] = quoted(name) .. ":" .. quoted(head.fields[name]) end
  end
  return #found > 0 and "{" .. table.concat(found, ",") .. "}" or nil
end

-- Return a body as JSON, and its value; nil if it is something else.
function request_texts.json(body)
  local begin = body and body:match("^[ \t\r\n]*()")
  if not begin or not body:find('^[{%["0-9tfn-]', begin) or not bytes.is_utf8(body) then return nil end
  local read, value = pcall(json.read, body)
  if not read then return nil end
  local stop = #body
  while body:find("^[ \t\r\n]", stop) do stop = stop - 1 end
  return body:sub(begin, stop), value
end

-- Return the first error of an answer of GraphQL that has no data, as JSON; nil without one.
local function failure_in(text, value)
  local members = type(value) == "table" and value.object
  local errors = members and type(members.errors) == "table" and members.errors.array
  if not errors or #errors == 0 then return nil end
  local data = members.data
  for _, member in pairs(type(data) == "table" and data.object or {}) do
    if member ~= json.NULL then return nil end
  end
  if data ~= nil and data ~= json.NULL and not (type(data) == "table" and data.object) then return nil end
  local _, spans = json.read(text)
  local list = text:sub(spans.errors[1], spans.errors[2])
  local _, items = json.read(list)
  return list:sub(items[1][1], items[1][2])
end

-- Return why a request failed, as JSON; nil if it did not.
function request_texts.failure(head, text, value)
  if head.status < FAILED then return text and failure_in(text, value) end
  if text and packets.truthy(value) then return text end
  local reason = head.reason ~= "" and head.reason or "no reason"
  return ('{"statusCode":%d,"message":%s}'):format(head.status, quoted(reason))
end

-- Server-sent events --------------------------------------------------------------

-- Return the place after the event that begins at a place; nil if it is not complete.
function request_texts.end_of_event(content, begin)
  local at = begin
  while true do
    local line_end = content:find("[\r\n]", at)
    if not line_end or (line_end == #content and content:byte(line_end) == 13) then return nil end
    local after = line_end + (content:sub(line_end, line_end + 1) == "\r\n" and 2 or 1)
    if line_end == at and at > begin then return after end
    at = after
  end
end

-- Return the value of an event as JSON, nil without one, and what it is called.
function request_texts.event(content)
  local data, name = {}, nil
  for line in content:gmatch("[^\r\n]+") do
    local key, value = line:match("^(%a+): ?(.*)$")
    if key == "data" then data[#data + 1] = value elseif key == "event" then name = value end
  end
  local text = table.concat(data, "\n")
  return request_texts.json(text) or (#data > 0 and quoted(text) or nil), name
end

return request_texts
