defmodule LivebookLs.Requests do
  @moduledoc "Which question is answered by whom."

  alias LivebookLs.{
    Cells,
    Completion,
    Details,
    ErlangCode,
    Formatting,
    Libraries,
    Signature,
    Syntax
  }

  # What nearly every cell uses is read before it is asked for.
  @read_first [Kernel, Kernel.SpecialForms, Enum, Map, String, List, Keyword, IO, File, Stream]

  def prepare do
    Cells.prepare()

    spawn(fn ->
      Enum.each(@read_first, &Libraries.information(&1, Libraries.standard_folders()))
    end)
  end

  def remember(%{"cell" => id, "code" => code}), do: Cells.put(id, code)
  def forget(%{"cells" => ids}), do: Enum.each(ids, &Cells.drop/1)

  def answer(%{"op" => "problems", "cells" => cells}),
    do:
      for(%{"language" => language, "code" => code} <- cells, do: Syntax.problems(language, code))

  def answer(%{"op" => "format", "cells" => codes, "folder" => folder}),
    do: Enum.map(codes, &Formatting.format(&1, folder))

  def answer(%{"op" => "resolve", "data" => data}), do: Details.resolve(data, Cells.folders())

  def answer(%{"op" => "complete", "language" => "erlang", "before" => before}),
    do: ErlangCode.complete(before)

  def answer(%{"op" => "details", "language" => "erlang", "before" => before, "rest" => rest}),
    do: ErlangCode.details(before, rest)

  def answer(%{"op" => "signature", "language" => "erlang"}), do: nil

  def answer(%{"op" => op, "above" => above, "before" => before, "rest" => rest}) do
    case op do
      "complete" -> Completion.complete(above, before, rest)
      "details" -> Details.details(above, before, rest)
      "signature" -> Signature.signature(above, before, rest)
    end
  end
end
