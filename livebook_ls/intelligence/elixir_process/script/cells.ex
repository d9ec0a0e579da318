defmodule LivebookLs.Cells do
  @moduledoc """
  The cells that were told of, by number: their code is sent and read once, however often a question
  is asked below them.
  """

  alias LivebookLs.{Installs, Libraries, Quoting, Scope}

  @table __MODULE__
  @most_scopes 16

  @doc "Begin without any cell."
  def prepare do
    :ets.new(@table, [:named_table, :public, read_concurrency: true])
  end

  @doc "Remember a cell's code."
  def put(id, code), do: :ets.insert(@table, {{:code, id}, code})

  @doc "Forget a cell."
  def drop(id), do: Enum.each([:code, :quoted], &:ets.delete(@table, {&1, id}))

  @doc "The scope behind these cells, in their order, and the folders of the packages they install."
  def scope(ids) do
    cached({:scope, ids}, fn ->
      keep_few_scopes()
      cells = for id <- ids, do: {id, quoted(id)}

      scope =
        Enum.reduce(cells, Scope.empty(), fn {id, quoted}, scope ->
          Scope.after_cell(quoted, scope, id)
        end)

      {scope, Installs.folders(Enum.map(cells, &elem(&1, 1)))}
    end)
  end

  @doc "All folders of packages that any cell installs, and Elixir's own."
  def folders do
    installed = for [{_, folders}] <- :ets.match(@table, {{:scope, :_}, :"$1"}), do: folders
    Libraries.standard_folders() ++ Enum.uniq(List.flatten(installed))
  end

  defp quoted(id) do
    cached({:quoted, id}, fn ->
      case :ets.lookup(@table, {:code, id}) do
        [{_, code}] -> Quoting.tolerant(code)
        [] -> {:__block__, [], []}
      end
    end)
  end

  defp cached(key, make) do
    case :ets.lookup(@table, key) do
      [{_, value}] ->
        value

      [] ->
        value = make.()
        :ets.insert(@table, {key, value})
        value
    end
  end

  defp keep_few_scopes do
    if length(:ets.match(@table, {{:scope, :"$1"}, :_})) >= @most_scopes,
      do: :ets.match_delete(@table, {{:scope, :_}, :_})
  end
end
