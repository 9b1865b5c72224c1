-- Routes: the names under which a server looks for the handlers of patterns.
--
-- Source: utils/transform-pattern.utils.ts, transformPatternToRoute.

local json = require("nest.json")

local routes = {}

local MAX_DEPTH, MAX_KEYS = 5, 20 -- of a route: Nest 11.1.15 and later

-- Node's localeCompare, exact for ASCII: both cases of a letter in one place. Letters
-- of Latin 1 sort with their base letter, all others by code point.
local ORDER = "\t\n\v\f\r _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"
local BASES = {}
for base, letters in pairs({
  A = "ÀÁÂÃÄÅ", C = "Ç", E = "ÈÉÊË", I = "ÌÍÎÏ", N = "Ñ", O = "ÒÓÔÕÖ", U = "ÙÚÛÜ", Y = "Ý",
  a = "àáâãäå", c = "ç", e = "èéêë", i = "ìíîï", n = "ñ", o = "òóôõö", u = "ùúûü", y = "ýÿ",
}) do
  for letter in letters:gmatch("[\192-\255][\128-\191]") do BASES[letter] = base end
end

-- Return what a key sorts by: base letters, then accents, then small before capital.
local function weights(text)
  local primary, accents, cases = {}, {}, {}
  for character in text:gmatch("[\0-\127\192-\255][\128-\191]*") do
    local base = BASES[character] or character
    local lower = base:lower()
    local weight = ORDER:find(lower, 1, true)
    if #lower > 1 then weight = #ORDER + lower:byte(1) * 65536 + lower:byte(2) * 256 + (lower:byte(3) or 0) end
    if weight then
      primary[#primary + 1] = weight
      accents[#accents + 1] = base == character and 0 or character:byte(2) % 32
      cases[#cases + 1] = lower == base and 0 or 1
    end
  end
  return { primary, accents, cases }
end

local function compare(left, right)
  for index = 1, math.max(#left, #right) do
    local a, b = left[index] or -1, right[index] or -1
    if a ~= b then return a < b and -1 or 1 end
  end
  return 0
end

local function locale_less(left, right)
  local weights_left, weights_right = weights(left), weights(right)
  for level = 1, 3 do
    local order = compare(weights_left[level], weights_right[level])
    if order ~= 0 then return order < 0 end
  end
  return false
end

-- Spell a number as JavaScript does (ECMA-262, Number::toString).
function routes.spell_number(number)
  if number == math.huge then return "Infinity" end
  if number == -math.huge then return "-Infinity" end
  if number < 0 then return "-" .. routes.spell_number(-number) end
  if number == 0 then return "0" end
  local text
  for precision = 0, 16 do
    text = string.format("%." .. precision .. "e", number)
    if tonumber(text) == number then break end
  end
  local mantissa, exponent = text:match("^(.-)e(.*)$")
  local digits, point = mantissa:gsub("%.", ""), math.floor(tonumber(exponent)) + 1
  digits = digits:gsub("0+$", "")
  if #digits <= point and point <= 21 then return digits .. ("0"):rep(point - #digits) end
  if point > 0 and point <= 21 then return digits:sub(1, point) .. "." .. digits:sub(point + 1) end
  if point > -6 and point <= 0 then return "0." .. ("0"):rep(-point) .. digits end
  local fraction = #digits > 1 and "." .. digits:sub(2) or ""
  return string.format("%s%se%+d", digits:sub(1, 1), fraction, point - 1)
end

local function escaped(text)
  return (text:gsub('[\\"]', "\\%0"))
end

local transform

local function transform_members(members, keys, depth)
  if depth > MAX_DEPTH then return "[MAX_DEPTH_REACHED]" end
  if #keys > MAX_KEYS then return "[TOO_MANY_KEYS]" end
  table.sort(keys, locale_less)
  local parts = {}
  for _, key in ipairs(keys) do
    local value = members[key]
    local text = type(value) == "string" and '"' .. escaped(value) .. '"' or transform(value, depth + 1)
    parts[#parts + 1] = '"' .. escaped(key) .. '":' .. text
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

transform = function(value, depth)
  if type(value) == "string" then return value end
  if type(value) == "number" then return routes.spell_number(value) end
  if type(value) == "boolean" then return tostring(value) end
  if value == json.NULL then return "null" end
  local members, keys = value.object, {}
  if value.array then
    members = {}
    for index, item in ipairs(value.array) do members[tostring(index - 1)] = item end
  end
  for key in pairs(members) do keys[#keys + 1] = key end
  return transform_members(members, keys, depth)
end

-- Return the name under which a server looks for the handler of a pattern.
function routes.of(pattern)
  if pattern == nil then return "undefined" end
  if type(pattern) ~= "string" then return transform(pattern, 0) end
  local parsed, value = pcall(json.read, pattern)
  return parsed and transform(value, 0) or pattern
end

return routes
