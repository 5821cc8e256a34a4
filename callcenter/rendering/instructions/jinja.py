"""Jinja's own filters that templates have, and how each is used. A filter that does not stand here is
none of theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from callcenter.rendering.instructions.base import Group, Kind, Reach


@dataclass(frozen=True, slots=True)
class Borrowed:
    """As `Instruction`, of a filter whose code is Jinja's."""

    name: str
    group: Group
    signature: str
    summary: str
    example: str
    result: str
    kind: Kind = Kind.FILTER
    reach: Reach = Reach.EVERYWHERE
    replaces: tuple[str, ...] = ()
    refusals: str = ""


def _of(group: Group, signature: str, summary: str, example: str, result: str) -> Borrowed:
    return Borrowed(signature.partition("(")[0], group, signature, summary, example, result)


_F, _T, _N, _D = Group.FLOW, Group.TEXTS, Group.NUMBERS, Group.DATA

BORROWED: Sequence[Borrowed] = (
    _of(_F, "default(other='', empty=False)", "Another value where the name is not known; with `true` also where it is empty.", "{{ record.absent | default('—') }}", "—"),
    _of(_F, "d(other='', empty=False)", "Short for `default`.", "{{ '' | d('—', true) }}", "—"),
    _of(_T, "upper", "In capitals.", "{{ 'vip' | upper }}", "VIP"),
    _of(_T, "lower", "In small letters.", "{{ 'VIP' | lower }}", "vip"),
    _of(_T, "capitalize", "With a capital at the beginning.", "{{ 'dear sir' | capitalize }}", "Dear sir"),
    _of(_T, "title", "With a capital at the beginning of each word.", "{{ 'li ming' | title }}", "Li Ming"),
    _of(_T, "trim(chars=none)", "Without spaces, or other characters, at both ends.", "{{ ' 王 ' | trim }}", "王"),
    _of(_T, "replace(old, new, count=none)", "With one text in the place of another.", "{{ '2026-11' | replace('-', '/') }}", "2026/11"),
    _of(_T, "truncate(length=255, whole=False, end='...', leeway=none)", "Cut off after so many characters.", "{{ 'ABCDEFGHIJ' | truncate(5, true, '…', 0) }}", "ABCD…"),
    _of(_T, "wordwrap(width=79)", "Broken into lines of so many characters.", "{{ 'a b c d' | wordwrap(3) }}", "a b\nc d"),
    _of(_T, "indent(width=4, first=False)", "With spaces before each line but the first.", "{{ 'a\nb' | indent(2) }}", "a\n  b"),
    _of(_T, "striptags", "Without the marks of HTML.", "{{ '<b>王</b>' | striptags }}", "王"),
    _of(_T, "escape", "So that HTML shows it as it is; in a page that is done anyway.", "{{ 'a < b' | escape }}", "a &lt; b"),
    _of(_T, "e", "Short for `escape`.", "{{ 'a & b' | e }}", "a &amp; b"),
    _of(_T, "urlencode", "As addresses write it.", "{{ 'a b' | urlencode }}", "a%20b"),
    _of(_T, "string", "A value as a text.", "{{ 12 | string | length }}", "2"),
    _of(_N, "abs", "Without its sign.", "{{ -3 | abs }}", "3"),
    _of(_N, "round(places=0, how='common')", "Rounded; how: common, ceil or floor.", "{{ 2.345 | round(1) }}", "2.3"),
    _of(_N, "int(otherwise=0)", "The whole number that a text says.", "{{ '12' | int + 1 }}", "13"),
    _of(_N, "float(otherwise=0.0)", "The number that a text says; exact amounts are better read by `to_number`.", "{{ '1.5' | float + 1 }}", "2.5"),
    _of(_D, "length", "How many there are.", "{{ [1, 2] | length }}", "2"),
    _of(_D, "count", "The same as `length`.", "{{ 'abc' | count }}", "3"),
    _of(_D, "first", "The first of a list.", "{{ ['a', 'b'] | first }}", "a"),
    _of(_D, "last", "The last of a list.", "{{ ['a', 'b'] | last }}", "b"),
    _of(_D, "join(between='', attribute=none)", "All of a list in one text.", "{{ ['a', 'b'] | join(', ') }}", "a, b"),
    _of(_D, "list", "All that is gone through, as a list.", "{{ range(3) | list | length }}", "3"),
    _of(_D, "sort(reverse=False, case_sensitive=False, attribute=none)", "In order.", "{{ [3, 1, 2] | sort | join }}", "123"),
    _of(_D, "reverse", "The other way round.", "{{ 'abc' | reverse }}", "cba"),
    _of(_D, "unique(case_sensitive=False, attribute=none)", "Each of a list once.", "{{ [1, 1, 2] | unique | join }}", "12"),
    _of(_D, "sum(attribute=none, start=0)", "All of a list together.", "{{ [{'n': 1}, {'n': 2}] | sum('n') }}", "3"),
    _of(_D, "max(case_sensitive=False, attribute=none)", "The greatest of a list.", "{{ [1, 3, 2] | max }}", "3"),
    _of(_D, "min(case_sensitive=False, attribute=none)", "The least of a list.", "{{ [1, 3, 2] | min }}", "1"),
    _of(_D, "map(filter, *arguments, attribute=none)", "Each of a list through a filter, or a part of each.", "{{ [{'n': 'a'}, {'n': 'b'}] | map(attribute='n') | join }}", "ab"),
    _of(_D, "select(test, *arguments)", "Those of a list for which a test holds.", "{{ [1, 2, 3] | select('odd') | join }}", "13"),
    _of(_D, "reject(test, *arguments)", "Those of a list for which a test does not hold.", "{{ [1, 2, 3] | reject('odd') | join }}", "2"),
    _of(_D, "selectattr(attribute, test, *arguments)", "Those of a list for a part of which a test holds.", "{{ [{'n': 1}, {'n': 2}] | selectattr('n', 'gt', 1) | sum('n') }}", "2"),
    _of(_D, "rejectattr(attribute, test, *arguments)", "Those of a list for a part of which a test does not hold.", "{{ [{'n': 1}, {'n': 2}] | rejectattr('n', 'gt', 1) | sum('n') }}", "1"),
    _of(_D, "groupby(attribute)", "A list in groups that have a part in common: that part and the list of each.", "{% for g in [{'n': 'a'}, {'n': 'b'}, {'n': 'a'}] | groupby('n') %}{{ g[0] }}{{ g[1] | length }}{% endfor %}", "a2b1"),
    _of(_D, "batch(size, fill=none)", "A list in lists of so many.", "{% for row in [1, 2, 3] | batch(2) %}[{{ row | join }}]{% endfor %}", "[12][3]"),
    _of(_D, "slice(number, fill=none)", "A list in so many lists.", "{% for part in [1, 2, 3] | slice(2) %}[{{ part | join }}]{% endfor %}", "[12][3]"),
    _of(_D, "items", "The names and values of what has names, to be gone through.", "{% for name, value in {'a': 1} | items %}{{ name }}={{ value }}{% endfor %}", "a=1"),
    _of(_D, "dictsort(case_sensitive=False, by='key', reverse=False)", "The same in the order of its names, or of its values.", "{% for name, value in {'b': 1, 'a': 2} | dictsort %}{{ name }}{% endfor %}", "ab"),
)  # fmt: skip
