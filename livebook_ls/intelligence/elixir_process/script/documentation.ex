defmodule LivebookLs.Documentation do
  @moduledoc """
  The documentation chunk of a compiled file (EEP 48), and documentation as Markdown.
  """

  @entities %{"lt" => "<", "gt" => ">", "amp" => "&"}

  @doc """
  A chunk's content: `module` is the module's documentation (`:hidden`, nil or a text with its
  format), `entries` those of its functions, macros and types, with `:hidden` for hidden ones.
  """
  def read(chunk, path, module) do
    case chunk(chunk, path, module) do
      {:docs_v1, _, _, format, documentation, _, entries} ->
        %{module: text(documentation, format), entries: entries(entries, format)}

      _ ->
        %{module: nil, entries: %{}}
    end
  end

  @doc "A documentation in Markdown; `:hidden` and nil are nothing."
  def markdown({"text/markdown", text}), do: text
  def markdown({"application/erlang+html", content}), do: content |> html() |> String.trim()
  def markdown(_), do: nil

  @doc "The first paragraph of a documentation in Markdown."
  def summary(documentation) do
    case markdown(documentation) do
      nil -> nil
      text -> text |> String.trim() |> String.split(~r/\n\s*\n/, parts: 2) |> hd()
    end
  end

  @doc "What a completion says of a function: the documentation's first paragraph, and how to call it."
  def of_function(module, function),
    do: joined([summary(function.documentation), code(call(module, function))])

  @doc "What a completion says of a module."
  def of_module(module),
    do: joined([summary(module.documentation), "(#{module.subtype || :module})"])

  @doc "How a function is called, with its module but for operators."
  def call(module, %{signature: nil, name: name, arity: arity}) do
    arguments = Enum.map_join(1..arity//1, ", ", &"arg#{&1}")
    "#{inspect(module)}.#{name}(#{arguments})"
  end

  def call(module, %{signature: signature}) do
    if String.contains?(signature, ["(", "/"]),
      do: "#{inspect(module)}.#{signature}",
      else: signature
  end

  @doc "Code in Markdown, in a fence that it can't end."
  def code(nil), do: nil
  def code(text), do: "```elixir\n#{text}\n```"

  @doc "The parts that there are, with something between them; nil where there is none."
  def joined(parts, between \\ "\n\n") do
    case Enum.reject(parts, &(&1 in [nil, ""])) do
      [] -> nil
      parts -> Enum.join(parts, between)
    end
  end

  # Erlang's documentation may lie in a file beside the compiled ones.
  defp chunk(chunk, _, _) when is_binary(chunk), do: term(chunk)

  defp chunk(_, path, module) do
    file = Path.join([Path.dirname(Path.dirname(path)), "doc", "chunks", "#{module}.chunk"])

    case File.read(file) do
      {:ok, content} -> term(content)
      _ -> nil
    end
  end

  defp term(binary) do
    :erlang.binary_to_term(binary)
  rescue
    ArgumentError -> nil
  end

  defp entries(entries, format) do
    for {{kind, name, arity}, line, signature, documentation, meta} <- entries, into: %{} do
      {{kind, name, arity},
       entry(kind, name, arity, line, signature, documentation, meta, format)}
    end
  end

  defp entry(_, _, _, _, _, :hidden, _, _), do: :hidden

  defp entry(kind, name, arity, line, signature, documentation, meta, format) do
    %{
      kind: kind,
      name: name,
      arity: arity,
      defaults: Map.get(meta, :defaults, 0),
      from_default?: false,
      signature: signature(signature),
      documentation: text(documentation, format),
      since: meta[:since],
      deprecated: meta[:deprecated],
      line: line(line)
    }
  end

  defp line(line) when is_integer(line), do: line
  defp line(annotation) when is_list(annotation), do: annotation[:location]
  defp line(_), do: nil

  defp signature([]), do: nil

  defp signature(lines) do
    text = Enum.join(lines, "\n")
    # Erlang's own says what it returns, or names only the arity.
    text = text |> String.split(") ->") |> hd()

    cond do
      text =~ ~r{\A\S+/\d+\z} -> nil
      String.contains?(text, "(") and not String.contains?(text, ")") -> text <> ")"
      true -> text
    end
  end

  defp text(%{"en" => text}, format), do: {format, text}
  defp text(:hidden, _), do: :hidden
  defp text(_, _), do: nil

  defp html(text) when is_binary(text), do: text
  defp html(content) when is_list(content), do: Enum.map_join(content, &html/1)
  defp html({tag, _, content}) when tag in [:p, :div], do: html(content) <> "\n\n"
  defp html({:pre, _, content}), do: "```\n" <> plain(content) <> "\n```\n\n"
  defp html({:code, _, content}), do: "`" <> plain(content) <> "`"
  defp html({tag, _, content}) when tag in [:em, :i], do: "*" <> html(content) <> "*"
  defp html({tag, _, content}) when tag in [:strong, :b], do: "**" <> html(content) <> "**"
  defp html({:li, _, content}), do: "- " <> String.trim(html(content)) <> "\n"
  defp html({tag, _, content}) when tag in [:ul, :ol, :dl], do: html(content) <> "\n"
  defp html({:dt, _, content}), do: "- **" <> String.trim(html(content)) <> "** "
  defp html({:dd, _, content}), do: String.trim(html(content)) <> "\n"
  defp html({:br, _, _}), do: "\n"

  defp html({tag, _, content}) when tag in [:h1, :h2, :h3, :h4, :h5, :h6],
    do: "**" <> html(content) <> "**\n\n"

  defp html({_, _, content}), do: html(content)

  defp plain(text) when is_binary(text),
    do: Regex.replace(~r/&(lt|gt|amp);/, text, fn _, name -> @entities[name] end)

  defp plain(content) when is_list(content), do: Enum.map_join(content, &plain/1)
  defp plain({_, _, content}), do: plain(content)
end
