"""What a merge starts from: the text that editor and session both go out from."""

from __future__ import annotations

import pytest

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.lineage import Lineage
from livebook_ls.sync.merging.lineage_texts import LoadedText
from livebook_ls.sync.telling.merge_findings import came_in

K, F, S, M = (NotebookText(f"# {it}\n") for it in ("known", "found", "saved", "merged"))
NOTE = came_in(())


def base(lineage: Lineage, text: NotebookText) -> str | None:
    found = lineage.base_of(text.text)
    return found.text if found else None


def following(text: NotebookText) -> Lineage:
    lineage = Lineage()
    lineage.found(text.text, text, text.text)
    return lineage


def test_nothing_is_known_at_first() -> None:
    assert base(Lineage(), K) is None


def test_what_file_and_editor_share_is_the_base() -> None:
    assert base(following(K), S) == K.text


def test_an_autosave_is_no_base_before_the_editor_has_it() -> None:
    lineage = following(K)
    lineage.found(F.text, F, K.text)

    assert base(lineage, S) == K.text
    assert lineage.editor_has(F.text)
    assert base(lineage, S) == F.text


def test_what_the_file_had_until_it_was_put_back_is_the_base_of_who_took_it() -> None:
    lineage = following(K)
    lineage.synced(S.text, S.text, S, S.text)
    lineage.note_put_back(F, S.text)
    assert base(lineage, M) == S.text

    assert lineage.editor_has(F.text)
    assert base(lineage, M) == F.text
    # It takes over what was put back, too.
    assert lineage.editor_has(S.text)
    assert base(lineage, M) == S.text


def test_the_editor_may_have_taken_it_over_before_it_is_put_back() -> None:
    lineage = following(K)
    lineage.synced(S.text, S.text, S, S.text)
    lineage.editor_has(F.text)
    lineage.editor_has(M.text)
    assert base(lineage, M) == S.text

    assert lineage.note_put_back(F, S.text)
    assert base(lineage, M) == F.text
    # What it had before its last save says nothing.
    lineage.note_save(M.text)
    assert not lineage.note_put_back(F, M.text)


def test_who_saves_without_having_taken_it_goes_out_from_what_was_put_back() -> None:
    lineage = following(K)
    lineage.synced(S.text, S.text, S, S.text)
    lineage.note_put_back(F, S.text)
    lineage.note_save(M.text)

    assert not lineage.editor_has(F.text)
    assert base(lineage, K) == S.text


def test_the_file_itself_goes_out_from_what_its_session_saved() -> None:
    lineage = following(K)
    lineage.found(F.text, F, K.text)

    assert base(lineage, F) == F.text


def test_a_sync_of_the_editors_text_makes_it_the_base() -> None:
    lineage = following(K)
    lineage.synced(S.text, S.text, S, S.text)

    assert base(lineage, M) == S.text


def test_after_a_merge_the_editor_goes_on_from_what_it_saved_until_it_has_the_merged_text() -> None:
    lineage = following(K)
    lineage.make(M.text, F, S.text)
    lineage.synced(M.text, M.text, M, S.text)

    assert base(lineage, S) == S.text
    lineage.editor_has(M.text)
    assert base(lineage, S) == M.text


def test_a_promised_text_has_all_of_the_sessions_once_it_is_saved() -> None:
    lineage = following(K)
    lineage.promise(M.text, F, NOTE)

    assert lineage.saved(M.text) == (NOTE,)
    assert base(lineage, M) == F.text


def test_a_promise_that_was_not_taken_changes_nothing() -> None:
    lineage = following(K)
    lineage.promise(M.text, F, NOTE)

    assert lineage.saved(S.text) == ()
    assert base(lineage, S) == K.text


def test_anothers_text_in_the_file_is_no_base_for_the_editor() -> None:
    lineage = following(K)
    lineage.synced(F.text, F.text, F, K.text)

    assert base(lineage, S) == K.text


def test_without_an_editor_what_was_synced_is_the_base() -> None:
    lineage = Lineage()
    lineage.synced(F.text, F.text, F, None)

    assert base(lineage, S) == F.text


def test_what_was_merged_is_later_than_what_it_was_made_of_until_the_editor_has_it() -> None:
    lineage = Lineage()
    lineage.make("both\n", NotebookText("browser's\n"), "mine\n")

    assert lineage.is_of_session("both\n")
    assert lineage.has_merged("mine\n")
    assert lineage.is_later("both\n", "mine\n")
    assert not lineage.is_later("mine\n", "both\n")

    lineage.editor_has("both\n")
    assert not lineage.has_merged("mine\n")


def test_a_save_goes_out_from_what_its_editor_had_though_that_has_taken_over_the_file_since() -> (
    None
):
    before, theirs = NotebookText("# A\n"), NotebookText("# A\n\ntheirs\n")
    lineage = Lineage()
    lineage.base = before
    lineage.found(theirs.text, theirs, before.text)
    lineage.note_save("# A\n\nmine\n")
    lineage.editor_has(theirs.text)

    assert lineage.base_of("# A\n\nmine\n") is before
    assert lineage.is_of_session(theirs.text)
    assert lineage.base_of("# A\n\nmine, and theirs\n") is theirs


def test_who_goes_back_to_what_was_saved_once_has_seen_what_came_since() -> None:
    lineage = following(K)
    lineage.note_save(S.text)
    lineage.make(M.text, F, S.text)
    lineage.synced(M.text, M.text, M, S.text)
    lineage.editor_has(M.text)
    lineage.note_save(S.text)

    assert base(lineage, S) == M.text


def test_a_save_of_which_a_merge_was_made_waits_no_more() -> None:
    lineage = following(K)
    lineage.found(F.text, F, K.text)
    lineage.note_save(S.text)
    lineage.make(M.text, F, S.text)
    lineage.synced(M.text, M.text, M, S.text)
    assert lineage.is_of_session(F.text)

    lineage.editor_has(M.text)
    assert not lineage.is_of_session(F.text)


@pytest.mark.parametrize("base", [None, NotebookText("# Session\n")])
def test_a_save_meanwhile_goes_out_from_what_is_found_of_the_session(
    base: NotebookText | None,
) -> None:
    lineage = Lineage()
    lineage.found("# File\n", NotebookText("# File\n"), "# File\n")
    lineage.note_save("# Mine\n")
    lineage.start_from(base)

    assert lineage.base_of("# Mine\n") is base
    assert lineage.base_of("# Another\n") is base


def test_a_merged_text_that_its_editor_saves_has_what_the_file_had_got_before() -> None:
    lineage = following(K)
    lineage.note_save(S.text)
    lineage.make(M.text, F, S.text)
    lineage.synced(M.text, M.text, M, S.text)
    theirs, saved = NotebookText(f"{M.text}\ntheirs\n"), f"{M.text}\ntheirs\n\nmine\n"
    lineage.promise(saved, theirs, NOTE)
    lineage.note_save(saved)
    lineage.saved(saved)

    assert lineage.made is None
    assert lineage.base_of(saved) is theirs


def test_who_saves_once_more_before_that_is_accounted_for_goes_out_from_what_was_promised() -> None:
    lineage = following(K)
    lineage.promise(M.text, F, NOTE)
    lineage.note_save(M.text)
    lineage.note_save(S.text)

    assert base(lineage, M) == base(lineage, S) == F.text
    assert lineage.saved(S.text) == (NOTE,)


def test_a_save_that_waits_goes_out_from_what_it_did_though_another_goes_out_from_more() -> None:
    lineage = following(K)
    lineage.note_save(S.text)
    lineage.found(F.text, F, K.text)
    lineage.editor_has(F.text)
    lineage.note_save(M.text)

    assert base(lineage, S) == K.text
    assert base(lineage, M) == F.text
    lineage.synced(M.text, M.text, M, M.text)
    assert base(lineage, S) == M.text


def test_a_base_that_came_about_during_a_sync_outlives_that_it_was_none() -> None:
    lineage = following(K)
    lineage.synced(S.text, S.text, S, S.text)
    lineage.note_put_back(F, S.text)
    lineage.editor_has(F.text)
    lineage.not_synced()

    assert base(lineage, M) == F.text


def loaded_over(lineage: Lineage, saved: str) -> LoadedText:
    """A text that the file was seen to have over what was saved, and the editor to have then."""
    lineage.note_save(saved)
    lineage.load_over(F.text)
    [loaded] = lineage.loaded_over
    return loaded


def test_who_has_loaded_what_lay_over_a_save_goes_out_from_that_also_once_the_save_is_sent() -> (
    None
):
    lineage = following(K)
    loaded_over(lineage, S.text)
    lineage.synced(S.text, S.text, S, S.text)
    [loaded] = lineage.loaded_over
    assert loaded.is_sent
    lineage.settle_loaded_over(loaded)

    # The session has that save: it is not to be brought back.
    assert (base(lineage, M), lineage.dropped) == (F.text, ())


def test_who_saves_what_was_promised_does_not_go_out_from_what_was_loaded_before() -> None:
    lineage = following(K)
    loaded = loaded_over(lineage, S.text)
    theirs = NotebookText("# theirs\n")
    lineage.promise(M.text, theirs, NOTE)
    lineage.note_save(M.text)
    lineage.settle_loaded_over(loaded)

    assert base(lineage, M) == theirs.text


def test_who_has_saved_just_what_lay_over_the_save_need_not_have_loaded_it() -> None:
    lineage = following(K)
    loaded_over(lineage, S.text)
    lineage.note_save(F.text)
    # The file had it by that save, and nobody knows of any other way.
    lineage.synced(F.text, F.text, F, F.text)

    assert not lineage.has_dropped


@pytest.mark.parametrize("now", [S.text, "# another\n"])
def test_what_the_editor_has_again_it_has_not_dropped(now: str) -> None:
    assert loaded_over(following(K), S.text).lacks_save(now) is (now != S.text)


def test_what_the_editor_may_have_had_by_itself_is_no_base_once_the_save_is_sent() -> None:
    lineage = following(K)
    lineage.note_save(S.text)
    lineage.editor_has(F.text)
    lineage.note_save(M.text)
    assert lineage.has_dropped
    lineage.synced(M.text, M.text, M, M.text)

    assert not lineage.has_dropped


def test_a_base_is_known_to_have_come_about_since_the_last_sync() -> None:
    lineage = following(K)
    assert lineage.is_since_sync(K)
    lineage.synced(S.text, S.text, S, S.text)

    assert not lineage.is_since_sync(K)
    assert not lineage.is_since_sync(S)
    lineage.make(M.text, M, S.text)
    assert lineage.is_since_sync(M)
    lineage.start_from(F)
    assert lineage.is_since_sync(F)


def test_a_save_is_sent_by_what_was_merged_with_it_though_its_editor_has_that_before() -> None:
    lineage = following(K)
    lineage.note_save(S.text)
    lineage.make(M.text, F, S.text)
    lineage.editor_has(M.text)
    lineage.synced(M.text, M.text, M, M.text)
    lineage.editor_has(F.text)
    lineage.note_save("# then\n")

    assert not lineage.has_dropped


def test_a_buffer_made_of_what_the_file_had_goes_out_from_that_though_a_sync_came_between() -> None:
    lineage = following(K)
    lineage.found(F.text, F, K.text)
    lineage.synced(S.text, S.text, S, S.text)
    lineage.take_in(F.text)
    assert base(lineage, M) == F.text

    # What the session never had is nothing that both go out from.
    lineage.take_in("# others\n")
    assert base(lineage, M) == F.text
