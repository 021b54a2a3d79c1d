"""统一社会信用代码、专利号: the vectors of rules.md §8.1 and §8.2."""

import pytest

from kechuang.kit.identifiers import WrongFormat, clean_patent, clean_uscc


@pytest.mark.parametrize(
    "code",
    [
        "91350100M000100Y43",
        "91370200264574251E",
        "91440300708461136T",
        "91370202MADEM2017B",
        "91370212MATE2T1256",
        "91370211MAQ1DA0X3B",
    ],
)
def test_a_right_code_is_taken_as_it_is(code: str) -> None:
    assert clean_uscc(code) == (code, True)


@pytest.mark.parametrize("code", ["91350100M0001TGQXM", "91110000100000000X", "91370202MADEM20179"])
def test_a_wrong_check_digit_is_a_warning_since_some_early_codes_have_one(code: str) -> None:
    assert clean_uscc(code) == (code, False)


@pytest.mark.parametrize(
    "typed",
    ["91370202madem2017b", " 9137 0202 MADEM2017B ", "91370202-MADEM2017B", "９１３７０２０２ＭＡＤＥＭ２０１７Ｂ"],
)
def test_case_blanks_dashes_and_width_do_not_matter(typed: str) -> None:
    assert clean_uscc(typed) == ("91370202MADEM2017B", True)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "91370202MADEM2017",  # 17 characters
        "91370202MADEM2017BB",
        "9137020IMADEM2017B",  # a letter in the district
        "91370202MADEM2O17B",  # O is no letter of the code
        "91370202MADEM2017I",
        "示例重锻机械有限公司示例重锻机械有",
        "91370202MADEM2017\x00",
        "x" * 1_000_000,
    ],
)
def test_a_wrong_format_is_an_error_that_says_what_to_compare(wrong: str) -> None:
    with pytest.raises(WrongFormat, match="核对营业执照"):
        clean_uscc(wrong)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("ZL 202310123456.6", "ZL202310123456.6"),
        ("2024207654320", "ZL202420765432.0"),
        ("cn202330000001.6", "CN202330000001.6"),
        ("201980012345.x", "ZL201980012345.X"),
    ],
)
def test_a_right_patent_number_gets_its_usual_form(typed: str, number: str) -> None:
    assert clean_patent(typed) == (number, True)


@pytest.mark.parametrize("typed", ["ZL202310123456.7", "202310123456", "2022SR0123456", "一种方法"])
def test_a_patent_number_with_a_wrong_check_digit_or_form_is_only_a_warning(typed: str) -> None:
    assert clean_patent(typed)[1] is False
