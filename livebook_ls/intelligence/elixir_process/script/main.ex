defmodule LivebookLs.Main do
  @moduledoc """
  Reads requests and writes answers: each a JSON text behind its length in four bytes.

  Every request runs in a process of its own that is ended when its time is over, so that none makes
  another wait. When the other side closes our input, which it also does by dying, the program ends.
  """

  alias LivebookLs.{Json, Requests}

  def run do
    # Reports of crashes would be written into our answers, and could quote a notebook.
    :logger.set_primary_config(:level, :none)
    # Without `-noinput` Erlang itself would read the input.
    port = Port.open({:fd, 0, 1}, [:binary, :eof, packet: 4])
    Requests.prepare()
    answer(port, %{"ready" => System.version(), "otp" => System.otp_release()})
    loop(%{port: port, running: %{}})
  end

  defp loop(%{port: port, running: running} = state) do
    receive do
      {^port, {:data, data}} ->
        loop(start(Json.decode(data), state))

      {^port, :eof} ->
        halt()

      {:DOWN, monitor, :process, _, reason} ->
        {id, running} = Map.pop(running, monitor)
        if id, do: answer(port, answered(id, reason))
        loop(%{state | running: running})

      {:late, monitor, process} ->
        if Map.has_key?(running, monitor), do: Process.exit(process, :kill)
        loop(state)
    end
  end

  # What other requests stand on changes in order; questions run beside each other.
  defp start(%{"op" => "forget"} = request, state) do
    Requests.forget(request)
    state
  end

  defp start(%{"op" => "cell"} = request, state) do
    Requests.remember(request)
    state
  end

  defp start(%{"id" => id} = request, state) do
    {process, monitor} =
      :erlang.spawn_opt(fn -> exit({:answer, Requests.answer(request)}) end, [
        :monitor,
        max_heap_size: %{size: 64_000_000, kill: true, error_logger: false}
      ])

    Process.send_after(self(), {:late, monitor, process}, Map.get(request, "time_ms", 1_000))
    %{state | running: Map.put(state.running, monitor, id)}
  end

  defp answered(id, {:answer, answer}), do: %{"id" => id, "answer" => answer, "worn" => worn?()}
  defp answered(id, :killed), do: %{"id" => id, "failed" => "late", "worn" => worn?()}
  defp answered(id, _crash), do: %{"id" => id, "failed" => "crash", "worn" => worn?()}

  # Names become atoms, which are never freed; before they run out, another process takes over.
  defp worn?, do: :erlang.system_info(:atom_count) * 2 > :erlang.system_info(:atom_limit)

  defp answer(port, answer) do
    Port.command(port, Json.encode(answer))
  rescue
    # The other side is gone.
    ArgumentError -> halt()
  end

  defp halt, do: :erlang.halt(0, flush: false)
end
