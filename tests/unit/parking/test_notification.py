import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.errors import UserError
from parking.notification import LONGEST_ADDRESS, Channel, read_address, read_receipt_code


@pytest.mark.parametrize(
    ("typed", "sent_to"),
    [
        ("ana@example.com", "ana@example.com"),
        (" Ana.Maria+park@Mail.EXAMPLE.com ", "Ana.Maria+park@mail.example.com"),
        ("x@xn--bcher-kva.xn--p1ai", "x@xn--bcher-kva.xn--p1ai"),
        (f"{'a' * 64}@{'b' * 63}.org", f"{'a' * 64}@{'b' * 63}.org"),
    ],
)
def test_an_address_that_can_be_is_sent_to(typed: str, sent_to: str) -> None:
    assert read_address(Channel.EMAIL, typed) == sent_to


@pytest.mark.parametrize(
    "typed",
    [
        *("", "ana", "ana@", "@example.com", "a@b@example.com", "ana@example", "ana@example."),
        *("ana@.com", "ana@exa mple.com", "an a@example.com", ".ana@example.com", "a..b@ex.com"),
        *(
            "ana@-ex.com",
            "ana@ex-.com",
            "ana@ex.c",
            "ana@1.2.3.4",
            "zo\xeb@example.com",
            "ana@ex.com\r\nBcc: b@ex.com",
            "<ana@example.com>",
        ),
        *(f"{'a' * 65}@example.com", f"a@{'b' * 64}.com", f"a@{'b.' * 130}com"),
    ],
)
def test_an_address_that_cannot_be_is_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(UserError, match=r"one @ and a domain with a dot.*254") as refused:
        read_address(Channel.EMAIL, typed)
    assert refused.value.key == "address.email"
    assert refused.value.values == {"example": "name@example.com", "most": LONGEST_ADDRESS}


@pytest.mark.parametrize(
    ("typed", "sent_to"),
    [
        ("(203) 555-0142", "+12035550142"),
        ("1 203 555 0142", "+12035550142"),
        ("+1 203.555.0142", "+12035550142"),
        ("+48 601 234 567", "+48601234567"),
        ("+509 34 10 1234", "+50934101234"),
    ],
)
def test_a_number_is_sent_to_in_its_international_form(typed: str, sent_to: str) -> None:
    assert read_address(Channel.SMS, typed) == sent_to


@pytest.mark.parametrize(
    "typed",
    [
        *("", "555 0142", "103 555 0142", "203 155 0142", "2 203 555 0142", "+1 203 555 014"),
        *("+0 601 234 567", "+48 601", f"+{'4' * 16}", "48601234567", "call me", "203 555 O142"),
        *("\N{ARABIC-INDIC DIGIT TWO}035550142", "203555014\N{SUPERSCRIPT TWO}", "++12035550142"),
    ],
)
def test_a_number_that_cannot_be_is_refused_in_one_sentence(typed: str) -> None:
    with pytest.raises(UserError, match=r"10 digits.*country code.*15") as refused:
        read_address(Channel.SMS, typed)
    assert refused.value.key == "address.phone"


@given(st.sampled_from(Channel), st.text(max_size=300))
def test_whatever_is_typed_is_refused_or_safe_in_a_header(channel: Channel, typed: str) -> None:
    try:
        found = read_address(channel, typed)
    except UserError:
        return
    assert found.isascii()
    assert found.isprintable()
    assert not set(found) & set(' <>,;:"')
    assert read_address(channel, found) == found


def test_a_receipt_code_is_read_as_it_is_typed() -> None:
    for typed in ("P-4M2Q-88", "p4m2q88", " 4M2Q-88 ", "4m2q88"):
        assert read_receipt_code(typed) == "P-4M2Q-88"


@pytest.mark.parametrize("typed", ["", "P-4M2Q", "X-4M2Q-88", "4M2Q-888", "4M2Q/8", "4M2Q8\xc9"])
def test_what_is_no_receipt_code_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(UserError, match="6 letters or digits, like P-4M2Q-88"):
        read_receipt_code(typed)
