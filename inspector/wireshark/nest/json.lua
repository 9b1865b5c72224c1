-- JSON, read into Lua, with the places of what is in it.
--
-- Values: strings, numbers, booleans, NULL, {array = …} and {object = …}.

local json = { NULL = {} }
local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t" }

local function utf8_bytes(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then
    return string.char(0xC0 + math.floor(code / 0x40), 0x80 + code % 0x40)
  end
  if code < 0x10000 then
    return string.char(0xE0 + math.floor(code / 0x1000), 0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
  end
  return string.char(0xF0 + math.floor(code / 0x40000), 0x80 + math.floor(code / 0x1000) % 0x40,
    0x80 + math.floor(code / 0x40) % 0x40, 0x80 + code % 0x40)
end

local function skip_space(text, at)
  return text:find("[^ \t\n\r]", at) or #text + 1
end

-- Return what \uXXXX at a place means, and where it ends; pairs are joined.
local function read_unicode(text, at)
  local digits = text:match("^%x%x%x%x", at)
  if not digits then error("escape") end
  local code = tonumber(digits, 16)
  if code < 0xD800 or code > 0xDFFF then return utf8_bytes(code), at + 4 end
  local low = text:match("^\\u(%x%x%x%x)", at + 4)
  local second = low and tonumber(low, 16) or 0
  if code <= 0xDBFF and second >= 0xDC00 and second <= 0xDFFF then
    return utf8_bytes(0x10000 + (code - 0xD800) * 0x400 + second - 0xDC00), at + 10
  end
  return "\239\191\189", at + 4
end

local function read_string(text, at)
  local pieces = {}
  while true do
    local stop = text:find('["\\%c]', at)
    if not stop then error("string") end
    pieces[#pieces + 1] = text:sub(at, stop - 1)
    local mark = text:sub(stop, stop)
    if mark == '"' then return table.concat(pieces), stop + 1 end
    if mark == "\127" then -- a control character to Lua, but not to JSON
      pieces[#pieces + 1], at = mark, stop + 1
    elseif mark ~= "\\" then
      error("control character")
    else
      local letter = text:sub(stop + 1, stop + 1)
      if letter == "u" then
        pieces[#pieces + 1], at = read_unicode(text, stop + 2)
      else
        local meaning = ESCAPES[letter] or letter:match('^["\\/]$')
        if not meaning then error("escape") end
        pieces[#pieces + 1], at = meaning, stop + 2
      end
    end
  end
end

local function read_number(text, at)
  local whole = text:match("^%-?0", at) or text:match("^%-?[1-9]%d*", at)
  if not whole then error("value") end
  local stop = at + #whole
  local fraction = text:match("^%.%d+", stop) or ""
  stop = stop + #fraction
  local exponent = text:match("^[eE][+-]?%d+", stop) or ""
  return tonumber(whole .. fraction .. exponent), stop + #exponent
end

local read_value

local function read_members(text, at, spans)
  local object = {}
  at = skip_space(text, at)
  if text:sub(at, at) == "}" then return { object = object }, at + 1 end
  while true do
    if text:sub(at, at) ~= '"' then error("key") end
    local key
    key, at = read_string(text, at + 1)
    at = skip_space(text, at)
    if text:sub(at, at) ~= ":" then error("colon") end
    local start = skip_space(text, at + 1)
    object[key], at = read_value(text, start)
    if spans then spans[key] = { start, at - 1 } end
    at = skip_space(text, at)
    local mark = text:sub(at, at)
    if mark == "}" then return { object = object }, at + 1 end
    if mark ~= "," then error("comma") end
    at = skip_space(text, at + 1)
  end
end

local function read_items(text, at, spans)
  local array = {}
  at = skip_space(text, at)
  if text:sub(at, at) == "]" then return { array = array }, at + 1 end
  while true do
    local start, index = skip_space(text, at), #array + 1
    array[index], at = read_value(text, start)
    if spans then spans[index] = { start, at - 1 } end
    at = skip_space(text, at)
    local mark = text:sub(at, at)
    if mark == "]" then return { array = array }, at + 1 end
    if mark ~= "," then error("comma") end
    at = at + 1
  end
end

read_value = function(text, at, spans)
  local first = text:sub(at, at)
  if first == '"' then return read_string(text, at + 1) end
  if first == "{" then return read_members(text, at + 1, spans) end
  if first == "[" then return read_items(text, at + 1, spans) end
  if text:find("^true", at) then return true, at + 4 end
  if text:find("^false", at) then return false, at + 5 end
  if text:find("^null", at) then return json.NULL, at + 4 end
  return read_number(text, at)
end

local ESCAPED = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

-- Return a text as JSON.
function json.quoted(text)
  local inner = text:gsub('[\0\1-\31"\\]', function(character)
    return ESCAPED[character] or ("\\u%04x"):format(character:byte())
  end)
  return '"' .. inner .. '"'
end

-- Return a value and the places of the members of the outermost object, or of the items of
-- the outermost array.
function json.read(text)
  local spans = {}
  local value, at = read_value(text, skip_space(text, 1), spans)
  if skip_space(text, at) <= #text then error("text after the value") end
  return value, spans
end

return json
