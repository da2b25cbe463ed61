import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.errors import UnreadableSchedule
from bot.domain.period import KEYS, LONGEST_TEXT, differences, read_period, written_time
from tests.periods import DAILY, HOURLY, ONE_MONDAY, QUARTER_HOURLY, at_times, period


@pytest.mark.parametrize("text", [DAILY, QUARTER_HOURLY, ONE_MONDAY, HOURLY, at_times("06:00", "18:00")])
def test_a_text_is_kept_byte_for_byte(text: str) -> None:
    assert read_period(text).text == text
    assert read_period(text).edited({}) == text


def test_there_are_43_keys() -> None:
    assert len(KEYS) == 43
    assert len(read_period(DAILY).places) == 43


def test_blank_space_around_and_between_pairs_is_kept() -> None:
    text = "\n  " + HOURLY.replace(" m_i", "\r\n\tm_i") + "\n"
    edited = read_period(text).edited({"m_tmStartTime": "00:05:00.000"})
    assert edited == text.replace("m_tmStartTime='00:00:00.000'", "m_tmStartTime='00:05:00.000'")


def test_the_order_of_keys_does_not_matter_and_stays() -> None:
    text = " ".join(reversed(HOURLY.split(" ")))
    assert read_period(text).edited({"m_tmSpanTime": "2h"}) == text.replace("'1h'", "'2h'")


@settings(max_examples=80, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted(read_period(at_times("06:00", "18:00")).places)),
        st.text(st.characters(exclude_characters="'"), max_size=30),
        max_size=5,
    )
)
def test_an_edit_changes_the_named_values_and_nothing_else(changes: dict[str, str]) -> None:
    before = read_period(at_times("06:00", "18:00"))
    after = before.edited(changes)
    expected = before.text
    for key, value in changes.items():
        expected = expected.replace(f"{key}='{before[key]}'", f"{key}='{value}'", 1)
    assert after == expected


def test_an_edit_cannot_add_a_key_or_break_out_of_its_value() -> None:
    with pytest.raises(UnreadableSchedule) as unknown:
        read_period(HOURLY).edited({"m_vtmTime[0]": "06:00:00.000"})
    assert unknown.value.key == "m_vtmTime[0]"
    with pytest.raises(UnreadableSchedule) as broken:
        read_period(HOURLY).edited({"m_tmStartTime": "' m_iDayMode='2"})
    assert broken.value.key == "m_tmStartTime"


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_missing_key_is_named(key: str) -> None:
    text = " ".join(pair for pair in DAILY.split(" ") if not pair.startswith(f"{key}="))
    with pytest.raises(UnreadableSchedule) as refused:
        read_period(text)
    assert refused.value.key == key
    assert refused.value.reason == "is missing"


@pytest.mark.parametrize("key", sorted(KEYS))
def test_a_key_that_is_there_twice_is_named(key: str) -> None:
    pair = next(pair for pair in DAILY.split(" ") if pair.startswith(f"{key}="))
    with pytest.raises(UnreadableSchedule) as refused:
        read_period(f"{DAILY} {pair}")
    assert (refused.value.key, refused.value.reason) == (key, "is there twice")


@pytest.mark.parametrize(
    "key",
    [
        "m_abDay[7]",
        "m_abMonth[12]",
        "m_vtmTime[00]",
        "m_vtmTime[-1]",
        "m_tmFoo",
        "M_IDAYMODE",
        "m_x2",
        "ключ",
    ],
)
def test_an_unknown_key_is_named(key: str) -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        read_period(f"{DAILY} {key}='0'")
    assert (refused.value.key, refused.value.reason) == (key, "is not a key that we know")


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"m_tmFixedTime": "25:00:00.000"}, "m_tmFixedTime"),
        ({"m_tmFixedTime": "24:00:00.000"}, "m_tmFixedTime"),
        ({"m_tmFixedTime": "12:60:00.000"}, "m_tmFixedTime"),
        ({"m_tmFixedTime": "12:40"}, "m_tmFixedTime"),
        ({"m_tmFixedTime": "12:40:00.000Z"}, "m_tmFixedTime"),
        ({"m_tmFixedTime": "１2:40:00.000"}, "m_tmFixedTime"),
        ({"m_tmIterTime": "noon"}, "m_tmIterTime"),
        ({"m_tmStartTime": "-1:00:00.000"}, "m_tmStartTime"),
        ({"m_tmStopTime": " 06:00:00.000"}, "m_tmStopTime"),
        ({"m_tmStartDate": "2027-02-29"}, "m_tmStartDate"),
        ({"m_tmStopDate": "2027-13-01"}, "m_tmStopDate"),
        ({"m_tmOrgDate": "2027-01/01"}, "m_tmOrgDate"),
        ({"m_tmFixedDay": "01/01/2027"}, "m_tmFixedDay"),
        ({"m_tmIterDate": "0000-01-01"}, "m_tmIterDate"),
        ({"m_tmSpanTime": "-1h"}, "m_tmSpanTime"),
        ({"m_tmSpanTime": ""}, "m_tmSpanTime"),
        ({"m_tmSpanTime": "1 hour"}, "m_tmSpanTime"),
        ({"m_tmSpanTime": "1d"}, "m_tmSpanTime"),
        ({"m_tmSpanTime": "٣h"}, "m_tmSpanTime"),
        ({"m_tmSpanTime": "9999999h"}, "m_tmSpanTime"),
        ({"m_iDayMode": "-1"}, "m_iDayMode"),
        ({"m_iDayMode": "1.0"}, "m_iDayMode"),
        ({"m_iMaxIter": "9" * 5000}, "m_iMaxIter"),
        ({"m_iMaxIter": "1_000"}, "m_iMaxIter"),
        ({"m_abDay[3]": "2"}, "m_abDay[3]"),
        ({"m_abMonth[11]": ""}, "m_abMonth[11]"),
        ({"m_abDay": "8"}, "m_abDay"),
        ({"m_abMonth": "0"}, "m_abMonth"),
        ({"m_vtmTime": "2"}, "m_vtmTime[0]"),
        ({"m_vtmTime": "999999999"}, "m_vtmTime[0]"),
        ({"m_vtmTime": "x"}, "m_vtmTime"),
        ({"m_vtmTime": "1", "m_vtmTime[0]": "06:00"}, "m_vtmTime[0]"),
        ({"m_vtmTime": "1", "m_vtmTime[1]": "06:00:00.000"}, "m_vtmTime[0]"),
        ({"m_vtmTime[0]": "06:00:00.000"}, "m_vtmTime"),
    ],
)
def test_a_malformed_value_is_refused_even_where_it_is_not_used(changes: dict[str, str], key: str) -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        read_period(period(changes))
    assert refused.value.key == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "hello",
        "<period/>",
        DAILY[:-1],
        DAILY + " and more",
        "x " + DAILY,
        DAILY.replace("m_abDay[0]", "m_abDay[ 0]"),
        DAILY.replace("'", '"'),
        DAILY.replace("'", "’"),
        DAILY.replace(" ", "\xa0"),
        DAILY + "\0",
        "'" * 1000,
    ],
)
def test_a_text_that_is_not_made_of_pairs_is_refused(text: str) -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        read_period(text)
    assert refused.value.key == ""


def test_pairs_must_be_set_apart() -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        read_period(DAILY.replace(" m_iDayMode", "m_iDayMode"))
    assert refused.value.key == "m_iDayMode"


def test_a_long_text_is_refused_before_it_is_read() -> None:
    with pytest.raises(UnreadableSchedule, match=str(LONGEST_TEXT)):
        read_period(DAILY + " " * LONGEST_TEXT)


def test_a_refusal_repeats_little_of_a_foreign_text() -> None:
    with pytest.raises(UnreadableSchedule) as refused:
        read_period(period({"m_tmFixedTime": "x" * 10_000}))
    assert len(str(refused.value)) < 200


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200) | st.text(alphabet="m_abDy[0]='1 ", max_size=200))
def test_any_other_text_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(UnreadableSchedule):
        read_period(text)


def test_dates_with_slashes_and_placeholders_are_read() -> None:
    read = read_period(period({"m_tmStartDate": "2027/03/28", "m_tmStopDate": "0001/01/01"}))
    assert str(read.date("m_tmStartDate")) == "2027-03-28"
    assert read.date("m_tmStopDate") is None
    assert read.date("m_tmFixedDay") is None


def test_times_are_written_as_the_product_writes_them() -> None:
    read = read_period(period({"m_tmFixedTime": "00:13:05.250"}))
    moment = read.time("m_tmFixedTime")
    assert moment is not None
    assert written_time(moment) == "00:13:05.250"


def test_differences_are_told_key_by_key_even_between_texts_that_we_refuse() -> None:
    after = HOURLY.replace("'1h'", "'2h'") + " m_tmNew='x'"
    assert differences(HOURLY, after) == (("m_tmNew", "-", "x"), ("m_tmSpanTime", "1h", "2h"))
    assert differences(HOURLY, HOURLY) == ()
    assert differences("", "no pair at all") == ()
