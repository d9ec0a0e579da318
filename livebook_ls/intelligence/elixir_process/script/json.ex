defmodule LivebookLs.Json do
  @moduledoc """
  JSON in and out: by Elixir's own module where it has one (1.18), else by the few lines here.

  Objects are maps with string keys, `null` is `nil`.
  """

  if Code.ensure_loaded?(JSON) do
    def decode(text), do: JSON.decode!(text)
    def encode(value), do: JSON.encode!(value)
  else
    def decode(text) do
      {value, rest} = value(skip(text))
      "" = skip(rest)
      value
    end

    def encode(value), do: IO.iodata_to_binary(written(value))

    defp value("{" <> rest), do: object(skip(rest), [])
    defp value("[" <> rest), do: list(skip(rest), [])
    defp value("\"" <> rest), do: string(rest, [])
    defp value("true" <> rest), do: {true, rest}
    defp value("false" <> rest), do: {false, rest}
    defp value("null" <> rest), do: {nil, rest}
    defp value(text), do: number(text)

    defp object("}" <> rest, pairs), do: {Map.new(pairs), rest}

    defp object("," <> rest, pairs), do: object(skip(rest), pairs)

    defp object("\"" <> rest, pairs) do
      {name, rest} = string(rest, [])
      ":" <> rest = skip(rest)
      {value, rest} = value(skip(rest))
      object(skip(rest), [{name, value} | pairs])
    end

    defp list("]" <> rest, values), do: {Enum.reverse(values), rest}
    defp list("," <> rest, values), do: list(skip(rest), values)

    defp list(text, values) do
      {value, rest} = value(text)
      list(skip(rest), [value | values])
    end

    # The stretches between escapes are taken whole: a cell's text is one long string.
    defp string(text, parts) do
      {at, 1} = :binary.match(text, ["\"", "\\"])
      <<part::binary-size(at), sign, rest::binary>> = text

      case sign do
        ?" -> {IO.iodata_to_binary(Enum.reverse([part | parts])), rest}
        ?\\ -> escape(rest, [part | parts])
      end
    end

    defp escape("n" <> rest, parts), do: string(rest, ["\n" | parts])
    defp escape("t" <> rest, parts), do: string(rest, ["\t" | parts])
    defp escape("r" <> rest, parts), do: string(rest, ["\r" | parts])
    defp escape("b" <> rest, parts), do: string(rest, ["\b" | parts])
    defp escape("f" <> rest, parts), do: string(rest, ["\f" | parts])

    defp escape(<<"u", high::binary-size(4), "\\u", low::binary-size(4), rest::binary>>, parts)
         when binary_part(high, 0, 2) in ~w(d8 d9 da db D8 D9 DA DB) do
      point = 0x10000 + (hex(high) - 0xD800) * 0x400 + (hex(low) - 0xDC00)
      string(rest, [<<point::utf8>> | parts])
    end

    defp escape(<<"u", digits::binary-size(4), rest::binary>>, parts) do
      point = hex(digits)
      point = if point in 0xD800..0xDFFF, do: 0xFFFD, else: point
      string(rest, [<<point::utf8>> | parts])
    end

    defp escape(<<sign, rest::binary>>, parts), do: string(rest, [<<sign>> | parts])

    defp hex(digits), do: String.to_integer(digits, 16)

    defp number(text) do
      [found] = Regex.run(~r/\A-?\d+(\.\d+)?([eE][+-]?\d+)?/, text, capture: :first)
      rest = binary_part(text, byte_size(found), byte_size(text) - byte_size(found))

      case Integer.parse(found) do
        {number, ""} -> {number, rest}
        _ -> {elem(Float.parse(found), 0), rest}
      end
    end

    defp skip(<<sign, rest::binary>>) when sign in [?\s, ?\n, ?\r, ?\t], do: skip(rest)
    defp skip(text), do: text

    defp written(nil), do: "null"
    defp written(value) when is_boolean(value), do: Atom.to_string(value)
    defp written(value) when is_atom(value), do: quoted(Atom.to_string(value))
    defp written(value) when is_binary(value), do: quoted(value)
    defp written(value) when is_number(value), do: to_string(value)

    defp written(values) when is_list(values),
      do: [?[, Enum.intersperse(Enum.map(values, &written/1), ?,), ?]]

    defp written(map) when is_map(map) do
      pairs = Enum.map(map, fn {name, value} -> [quoted(to_string(name)), ?:, written(value)] end)
      [?{, Enum.intersperse(pairs, ?,), ?}]
    end

    defp quoted(text), do: [?", Regex.replace(~r/["\\\x00-\x1f]/, text, &escaped/1), ?"]

    defp escaped("\""), do: "\\\""
    defp escaped("\\"), do: "\\\\"
    defp escaped("\n"), do: "\\n"

    defp escaped(<<sign>>),
      do: "\\u" <> String.pad_leading(Integer.to_string(sign, 16), 4, "0")
  end
end
