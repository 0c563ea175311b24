"""Reading what editors paste, and what spreadsheets save."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from game.editing import rows
from game.editing.rows import MOST_BYTES, MOST_ROWS, Row, UnreadableError

CELLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(str.strip)
NOTES = st.text(st.sampled_from('ab ,;"\n\t'), max_size=12).map(str.strip)
PROMPTS = st.one_of(CELLS, NOTES).filter(bool)
MANY = st.lists(
    st.builds(Row, PROMPTS, CELLS, CELLS, NOTES, CELLS, st.just(()) | st.tuples(PROMPTS)),
    max_size=6,
)
SHEET = "prompt,day,notes\na fox,2026-12-24,\n\n  a cat , ,\n"
FOX, CAT = Row("a fox", "2026-12-24"), Row("a cat")


@given(MANY)
def test_it_reads_what_it_wrote(many: list[Row]) -> None:
    assert rows.read(rows.write(many)) == many


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_it_reads_any_text_or_says_why_not(text: str) -> None:
    try:
        read = rows.read(text)
    except UnreadableError:
        return
    assert all(any(row.cells) for row in read)
    assert len(read) <= len(text.splitlines())


def test_it_reads_a_prompt_a_line() -> None:
    read = rows.read('a fox, riding\r\n\r\n"a ""big"" cat"\n  a dog  \n')
    assert read == [Row("a fox, riding"), Row('a "big" cat'), Row("a dog")]
    assert [row.line for row in read] == [1, 3, 4]


@pytest.mark.parametrize(
    "text",
    [
        SHEET,
        SHEET.replace(",", ";"),
        SHEET.replace(",", "\t"),
        SHEET.replace("\n", "\r\n"),
        SHEET.replace("\n", "\r"),
        "\ufeff" + SHEET,
        "sep=;\r\n" + SHEET.replace(",", ";"),
        "\n\n" + SHEET,
        SHEET.replace("notes", '"Notes"').replace("prompt", "PROMPT "),
        SHEET.replace("notes", "notes,,"),
    ],
)
def test_it_reads_what_spreadsheets_write(text: str) -> None:
    assert rows.read(text) == [FOX, CAT]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("header", ["prompt{0}{0}{0}\n", ""])
def test_it_reads_no_empty_columns_into_prompts(header: str, delimiter: str) -> None:
    text = header + "a pig playing a drum in space{0}{0}{0}\n{0}{0}{0}\na fox{0}{0}{0}\n"
    assert rows.read(text.format(delimiter)) == [Row("a pig playing a drum in space"), Row("a fox")]


def test_it_takes_off_the_quotes_of_word_processors() -> None:
    assert rows.read("“a fox”\n„a cat“\n‘a dog’\n“big” and “small”\n") == [
        Row("a fox"),
        Row("a cat"),
        Row("a dog"),
        Row("“big” and “small”"),
    ]
    assert rows.read("“prompt”;“day”\na fox;2026-12-24\n") == [FOX]


def test_it_reads_cells_with_commas_quotes_and_lines() -> None:
    text = 'notes,prompt\n"two\nlines, and ""quotes""","a fox, riding"\n,a cat\n'
    read = rows.read(text)
    assert read == [Row("a fox, riding", notes='two\nlines, and "quotes"'), Row("a cat")]
    assert [row.line for row in read] == [3, 4]


def test_it_takes_a_single_column_as_lines() -> None:
    assert rows.read('Prompt\na fox, riding\n"a cat, too"\n') == [
        Row("a fox, riding"),
        Row("a cat, too"),
    ]


def test_it_keeps_cells_without_a_heading() -> None:
    assert rows.read("prompt,,day\na fox,red,2026-12-24,,blue,\n") == [
        Row("a fox", "2026-12-24", surplus=("red", "", "blue"))
    ]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_it_decodes_what_spreadsheets_save(encoding: str) -> None:
    assert rows.decode("prompt\nun café\n".encode(encoding)).removeprefix("\ufeff") == (
        "prompt\nun café\n"
    )


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"PK\x03\x04rest", "Save it as CSV"),
        (b"\x81\x8d\x8f", "no text"),
        (b"\xff\xfe\x00\xd8", "no text"),
        ("a fox’s bicycle".encode("mac_roman"), "no text"),
        ("“a fox”".encode("mac_roman"), "no text"),
        ("un café".encode("mac_roman"), "no text"),
        ("лиса на луне".encode("cp1251"), "no text"),
        (b"a" * (MOST_BYTES + 1), f"At most {MOST_BYTES} bytes .* these are {MOST_BYTES + 1}"),
    ],
)
def test_it_refuses_files_that_hold_no_text(data: bytes, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        rows.decode(data)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("prompt,colour\na fox,red", "no column “colour”; these are known: prompt, day"),
        ("prompt,day,Day\na fox", "two columns “day”"),
        ("a\0fox", "no text"),
        ('prompt,day\n"' + "a" * 140_000, "quotes don't match"),
        ("a fox\n" * (MOST_ROWS + 1), f"At most {MOST_ROWS} prompts .* these are {MOST_ROWS + 1}"),
        ("é" * (MOST_BYTES // 2 + 1), f"At most {MOST_BYTES} bytes"),
    ],
)
def test_it_refuses_what_makes_no_rows(text: str, message: str) -> None:
    with pytest.raises(UnreadableError, match=message):
        rows.read(text)


def test_it_takes_as_many_rows_as_it_says() -> None:
    assert len(rows.read("a fox\n" * MOST_ROWS)) == MOST_ROWS
