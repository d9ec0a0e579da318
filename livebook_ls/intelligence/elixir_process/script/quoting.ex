defmodule LivebookLs.Quoting do
  @moduledoc """
  Code as Elixir's parser reads it, also where it is not finished; nothing of it is ever run.

  The parser's own complaints say what is missing: that is put in, and it is asked again.
  """

  @most_closers 80
  @most_blanked 6
  @options [columns: true, emit_warnings: false]

  @doc "The code's quoted form, or the parser's complaint: where, what, and at which word."
  def strict(code), do: Code.string_to_quoted(code, @options)

  @doc """
  The quoted form of as much of the code as can be understood; never fails.

  Lines that are complained about are left out.
  """
  def tolerant(code), do: tolerant(code, @most_blanked)

  defp tolerant(code, times) do
    case closed(code, @most_closers) do
      {:ok, quoted} -> quoted
      {:error, line} when times > 0 -> tolerant(blanked(code, line), times - 1)
      {:error, _} -> {:__block__, [], []}
    end
  end

  @doc """
  The quoted form of the code up to the cursor, in which a call of `__cursor__` stands for what is
  being typed: `{:ok, quoted}`, or `:text` within strings and comments.
  """
  def at_cursor(before) do
    {head, _word} = cut_word(before)

    case with_cursor(head) do
      {:ok, quoted} -> {:ok, quoted}
      :text -> :text
      :error -> at_line(lines_before(before), @most_blanked)
    end
  end

  @doc "The code without the name, dots included, in which it ends; and that name."
  def cut_word(before) do
    [word] = Regex.run(~r/(?:(?<!:):)?[\p{L}\p{N}_.@?!&%^]*\z/u, before, capture: :first)
    {binary_part(before, 0, byte_size(before) - byte_size(word)), word}
  end

  defp with_cursor(head) do
    # The second form is for places where only a key with a value may follow.
    Enum.find_value(["__cursor__()", "__cursor__: __cursor__()"], :error, fn sign ->
      case closed(head <> sign, @most_closers) do
        {:ok, quoted} ->
          # Where the call is not code, it stands in a string or in a comment.
          if cursor?(quoted), do: {:ok, quoted}, else: :text

        {:error, _} ->
          nil
      end
    end)
  end

  defp at_line(_, 0), do: {:ok, {:__cursor__, [], []}}
  defp at_line("", _), do: {:ok, {:__cursor__, [], []}}

  defp at_line(head, times) do
    case with_cursor(head) do
      {:ok, quoted} -> {:ok, quoted}
      :text -> :text
      :error -> at_line(lines_before(binary_part(head, 0, byte_size(head) - 1)), times - 1)
    end
  end

  defp lines_before(code), do: Regex.replace(~r/[^\n]*\z/, code, "", global: false)

  defp cursor?(quoted) do
    {_, found} =
      Macro.prewalk(quoted, false, fn
        {:__cursor__, _, _} = it, _ -> {it, true}
        it, found -> {it, found}
      end)

    found
  end

  # The code with what it leaves open closed, innermost first.
  defp closed(_code, 0), do: {:error, 1}

  defp closed(code, times) do
    case strict(code) do
      {:ok, quoted} ->
        {:ok, quoted}

      {:error, {place, complaint, _}} ->
        case missing(complaint) do
          nil -> {:error, place[:line] || 1}
          # On a line of its own, since the last one may end in a comment.
          closer -> closed(code <> "\n" <> closer, times - 1)
        end
    end
  rescue
    # Some broken texts make the tokenizer itself raise.
    _ -> {:error, 1}
  end

  defp missing(complaint) when is_binary(complaint) do
    case Regex.run(~r/missing terminator: (\S+)/, complaint) do
      [_, closer] -> closer
      nil -> nil
    end
  end

  defp missing({before, _}), do: missing(before)
  defp missing(_), do: nil

  defp blanked(code, line) do
    code
    |> String.split("\n")
    |> List.update_at(line - 1, fn _ -> "" end)
    |> Enum.join("\n")
  end
end
