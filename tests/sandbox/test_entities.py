import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.entities import parse_html, utf16_length, with_found_entities
from bot.sandbox.errors import RefusedError


@pytest.mark.parametrize(
    ("markup", "text", "entities"),
    [
        ("plain", "plain", []),
        ("<b>bold</b> on", "bold on", [("bold", 0, 4)]),
        ("🌧 <i>rain</i>", "🌧 rain", [("italic", 3, 4)]),
        ("<b>one <i>two</i></b>", "one two", [("bold", 0, 7), ("italic", 4, 3)]),
        (
            "<strong>a</strong><em>b</em><del>c</del><ins>d</ins>",
            "abcd",
            [("bold", 0, 1), ("italic", 1, 1), ("strikethrough", 2, 1), ("underline", 3, 1)],
        ),
        ("&lt;b&gt; &amp; &quot;&#39;", "<b> & \"'", []),
        ("&nbsp;", "&nbsp;", []),
        ("  <b>  in </b>  ", "in", [("bold", 0, 2)]),
        ("<b></b>x", "x", []),
        ("<blockquote expandable>long</blockquote>", "long", [("expandable_blockquote", 0, 4)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1), ("code", 0, 1)]),
        ('<span class="tg-spoiler">s</span>', "s", [("spoiler", 0, 1)]),
        ("5 > 3", "5 > 3", []),
    ],
)
def test_reads_what_telegram_reads(markup, text, entities):
    found, lies = parse_html(markup)
    assert found == text
    assert sorted((e["type"], e["offset"], e["length"]) for e in lies) == sorted(entities)


def test_a_link_keeps_its_address():
    assert parse_html('<a href="https://nhs.uk/?a=1&amp;b=2">here</a>')[1] == [
        {"offset": 0, "length": 4, "type": "text_link", "url": "https://nhs.uk/?a=1&b=2"}
    ]


@pytest.mark.parametrize(
    ("markup", "problem"),
    [
        ("<b>open", 'Can\'t find end tag corresponding to start tag "b"'),
        ("ü<i>a</b>", 'Unmatched end tag at byte offset 6, expected "</i>", found "</b>"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("ü <int>", 'Unsupported start tag "int" at byte offset 3'),
        ("1 < 2", "byte offset 2"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ('<span class="x">s</span>', "must have class"),
    ],
)
def test_refuses_what_telegram_refuses(markup, problem):
    with pytest.raises(RefusedError) as refused:
        parse_html(markup)
    assert refused.value.status == 400
    assert refused.value.description.startswith("Bad Request: can't parse entities: ")
    assert problem in refused.value.description


@given(st.text(alphabet=st.characters(exclude_categories=("Cs",))))
def test_an_escaped_text_comes_back_as_it_was(text):
    found, entities = parse_html(f"<b>{html.escape(text)}</b>")
    assert found == text.strip()
    assert sum(entity["length"] for entity in entities) == utf16_length(found)


def test_finds_commands_and_addresses_where_nothing_hides_them():
    text = "/start see /help, https://nhs.uk. not a/b"
    found = with_found_entities(text, [])
    assert [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in found] == [
        ("bot_command", "/start"),
        ("bot_command", "/help"),
        ("url", "https://nhs.uk"),
    ]
    hidden = [{"type": "code", "offset": 0, "length": 6}]
    assert [e["type"] for e in with_found_entities("/start", hidden)] == ["code"]
