defmodule LivebookLs.Literal do
  @moduledoc "The value of quoted code that is plain data; whatever would have to be run has none."

  @doc "`{:ok, value}`, or `:error`."
  def value(quoted) do
    {:ok, plain(quoted)}
  catch
    :not_plain -> :error
  end

  defp plain(value) when is_atom(value) or is_number(value) or is_binary(value), do: value
  defp plain(list) when is_list(list), do: Enum.map(list, &plain/1)
  defp plain({left, right}), do: {plain(left), plain(right)}
  defp plain({:{}, _, values}), do: values |> Enum.map(&plain/1) |> List.to_tuple()
  defp plain({:%{}, _, pairs}), do: pairs |> Enum.map(&plain/1) |> Map.new()
  defp plain({:-, _, [number]}) when is_number(number), do: -number
  defp plain({:__block__, _, [value]}), do: plain(value)

  defp plain({:__aliases__, _, [first | _] = names}) when first != :"Elixir" do
    if Enum.all?(names, &is_atom/1), do: Module.concat(names), else: throw(:not_plain)
  end

  # `~w(a b)` and `~w(a b)a`, without interpolation.
  defp plain({sigil, _, [{:<<>>, _, [text]}, modifiers]})
       when sigil in [:sigil_w, :sigil_W] and is_binary(text) do
    words = String.split(text)

    case modifiers do
      [] -> words
      [?a] -> Enum.map(words, &String.to_atom/1)
      _ -> throw(:not_plain)
    end
  end

  defp plain(_), do: throw(:not_plain)
end
