"""JSON of others: what has more values than anybody means is not decoded, which takes memory."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.agents.configuration import configuration_file
from livebook_ls.agents.configuration.entry_merging import RefusedError
from livebook_ls.agents.payloads.payload import read_call
from livebook_ls.livebook.errors import AnotherProgram, NotUnderstood
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.live.page.attribute_values import json_value
from livebook_ls.livebook.live.phoenix import frames
from livebook_ls.lsp.serving.first_answer import read_message
from livebook_ls.notebook.converting.jupyter_reading import read_jupyter
from livebook_ls.notebook.converting.pieces import Unconvertible
from livebook_ls.sync.keeping.state_folder import read_state
from tests.support.sockets import saying

# No value in it is a list or an object, so that the tests take no memory either.
MANY = f"[{'0,' * 2_000_000}0]"
COMMAS = "[{," * 2_000_000 + '\\",' * 2_000_000


@pytest.mark.slow
@pytest.mark.parametrize(
    "value",
    ["0", '"a,b"', *(pytest.param(it, marks=pytest.mark.slow) for it in ('""', '"\\\\"'))],
)
def test_a_frame_of_countless_values_is_none(value: str) -> None:
    def frame(count: int) -> str:
        return f'[null,null,"t","e",{{"a":[{f"{value}," * count}0]}}]'

    assert frames.decode(frame(1_500_000)) is not None
    assert frames.decode(frame(5_000_000)) is None


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16-le", "utf-32-be"])
def test_values_are_counted_in_every_encoding_of_json(encoding: str) -> None:
    assert read_message('{"a":[0]}'.encode(encoding)) == {"a": [0]}
    assert read_message(f'{{"a":{MANY}}}'.encode(encoding)) == {}


def test_whatever_stands_in_a_text_is_one_value() -> None:
    frame = frames.decode(f'[null,null,"t","e",{{"a":"{COMMAS}","b":[0]}}]')

    assert frame is not None
    assert frame.payload == {"a": COMMAS.replace("\\", ""), "b": [0]}


@pytest.mark.slow
def test_an_answer_of_countless_values_is_not_understood() -> None:
    body = f'{{"source":"# T","more":{MANY}}}'.encode()
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    with saying(head % len(body) + body) as url:
        client = Livebook(read_address(url, "test"))
        with pytest.raises((NotUnderstood, AnotherProgram)):
            client.restamp(old_source="", new_source="")
        client.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("read", "nothing"),
    [
        (read_message, {}),
        (lambda data: read_call(data, {}), None),
        (lambda data: json_value(data.decode()), None),
    ],
    ids=["message", "payload", "attribute"],
)
def test_what_others_send_of_countless_values_is_as_no_json(
    read: Callable[[bytes], object], nothing: object
) -> None:
    few = b'{"hook_event_name":"Stop","a":[0]}'
    many = few.replace(b"[0]", MANY.encode())

    assert read(few) != nothing
    assert read(many) == nothing


def test_a_state_file_of_countless_values_is_as_if_it_were_not_there(tmp_path: Path) -> None:
    file = tmp_path / "state.json"
    file.write_text(MANY)

    assert read_state(str(file)) is None


def test_a_configuration_of_countless_values_is_refused() -> None:
    with pytest.raises(RefusedError):
        configuration_file.from_json(f'{{"a":{MANY}}}')


@pytest.mark.slow
def test_a_jupyter_notebook_may_have_many_values_but_not_countless_ones() -> None:
    def read(values: str) -> object:
        notebook = f'{{"nbformat":4,"cells":[],"metadata":{{"a":{values}}}}}'
        return read_jupyter(notebook.encode(), with_outputs=False)

    assert not isinstance(read(MANY), Unconvertible)
    assert read(f"[{','.join([MANY] * 5)}]") == Unconvertible(
        "This is no Jupyter notebook: it has more than 10 million values."
    )


def test_json_of_others_is_decoded_in_one_place() -> None:
    package = Path(__file__).parents[1] / "livebook_ls"
    # The stand-in is a tool of tests; a notebook's own JSON is no longer than its text may be,
    # where a configuration's values are was decoded there before, and what the MCP server has
    # just written is its own.
    others = {
        "bounded_json.py",
        "notebook/elixir/json_decoding.py",
        "agents/configuration/json_text.py",
        "mcp/server.py",
    }
    decodes = re.compile(r"json\.loads?\(|JSONDecoder\(")
    found = {
        it.relative_to(package).as_posix()
        for it in package.rglob("*.py")
        if "standin" not in it.parts and decodes.search(it.read_text(encoding="utf-8"))
    }

    assert found == others
