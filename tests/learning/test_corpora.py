"""Every form of labelled data is read, and a defect is told with its line."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from assistant.contracts.errors import Invalid
from learning.corpora import Example, load

HEADER = "intent\ttext\tentities\tnote\n"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_tsv_with_quotes_and_further_columns(tmp_path: Path) -> None:
    row = 'ask_status\tis "search" up\t[{"entity": "service", "value": "search"}]\tseen\n'
    examples = load(written(tmp_path, "set.tsv", HEADER + row + "\n"))
    assert examples == [Example('is "search" up', "ask_status", (("service", "search"),))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("intent,text,entities\n", "line 1: the header lacks"),
        (HEADER + "greet\thi\n", "line 2: expected 4 columns"),
        (HEADER + "greet\thi\t[]\t\ngreet\thi\t{broken\t\n", "line 3: expected entities like"),
        (HEADER + "greet\thi\t5\t\n", "line 2: expected entities like"),
        (HEADER + 'greet\thi\t["hi"]\t\n', "line 2: expected entities like"),
        (HEADER + "greet\thi\tthere\t[]\t\n", "line 2: expected entities like .* Does the text hold a tab"),
        (HEADER + "\thi\t[]\t\n", "line 2: an intent and a text are needed"),
        ("", "line 1: the header lacks intent, text, entities"),
        (HEADER, "set.tsv holds no utterances"),
    ],
)
def test_a_malformed_tsv_says_where(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(Invalid, match=told):
        load(written(tmp_path, "set.tsv", text))


def test_a_tsv_as_windows_writes_it(tmp_path: Path) -> None:
    path = tmp_path / "SET.TSV"
    path.write_bytes(b"\xef\xbb\xbf" + (HEADER + "greet\thi\t\tx\textra\n").replace("\n", "\r\n").encode())
    assert load(path) == [Example("hi", "greet")]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("set.tsv", "intent\ttext".encode("utf-16"), "not text in UTF-8"),
        ("set.tsv.gz", b"no gzip", "cannot be read"),
        ("set.tsv.gz", gzip.compress(HEADER.encode())[:-6], "cannot be read"),
        ("set.json", b"[1, 2]", "expected rasa_nlu_data"),
        ("set.json", b"3", "another structure"),
        ("set.json", b'{"test": [["hi"]]}', "another structure"),
        ("set.json", b'{"rasa_nlu_data": []}', "cannot be read"),
        ("set.yml", b"nlu: [", "cannot be read"),
        ("set.yml", b"rules: []", "holds no utterances"),
        ("set.csv", b"sentence,label\nhi\x00,greet\n", "cannot be read"),
    ],
)
def test_what_is_broken_is_told_in_one_sentence(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Invalid, match=told) as error:
        load(tmp_path / name)
    assert "\n" not in str(error.value) and len(str(error.value)) < 300


def test_a_folder_without_phrases(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="holds no utterances"):
        load(tmp_path)


def test_rasa_yaml_keeps_where_the_entities_stand(tmp_path: Path) -> None:
    text = 'version: "3.1"\nnlu:\n- intent: deploy\n  examples: |\n    - ship [cart](service) now\n'
    (example,) = load(written(tmp_path, "deploy.yml", text))
    assert (example.text, example.entities, example.spans) == (
        "ship cart now",
        (("service", "cart"),),
        (("service", 5, 9),),
    )


def test_hint3_and_its_word_for_out_of_scope(tmp_path: Path) -> None:
    examples = load(written(tmp_path, "set.csv", "sentence,label\nhow big,SIZE\nfoo,NO_NODES_DETECTED\n"))
    assert [example.in_scope for example in examples] == [True, False]


def test_clinc_parts_and_compression(tmp_path: Path) -> None:
    content = {"train": [["hi", "greet"]], "test": [["bye", "goodbye"]], "oos_test": [["foo", "oos"]]}
    path = tmp_path / "set.json.gz"
    path.write_bytes(gzip.compress(json.dumps(content).encode()))
    assert [example.text for example in load(path, "train")] == ["hi"]
    assert [example.intent for example in load(path, "test")] == ["goodbye", "out_of_scope"]


def test_lines_are_all_out_of_scope(tmp_path: Path) -> None:
    assert load(written(tmp_path, "shell.txt", "find all files\n\n")) == [Example("find all files", "out_of_scope")]


@pytest.mark.parametrize("name", ["set.docx", "set.json"])
def test_another_form_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Invalid, match=r"expected|cannot be read"):
        load(written(tmp_path, name, "{"))
