"""The old product's words for what templates do: each has its instruction, or another way. Pure."""

from collections.abc import Mapping

from callcenter.rendering.instructions import INSTRUCTIONS

MACROS = (
    "cinBean", "cinBeanSet", "cinBeanShell", "cinBlockTpl", "cinBuildTpl", "cinChn2Py", "cinCompare",
    "cinDateFmt", "cinDateOfWeek", "cinDs", "cinError", "cinFileAwk", "cinFileCmd", "cinFileSave",
    "cinFtpCmd", "cinFtpDown", "cinFtpOpen", "cinFtpUp", "cinFuncAuth", "cinHttpSender", "cinIdFmt",
    "cinIfEmpty", "cinIfNotEmpty", "cinJson2Obj", "cinKey2Name", "cinLog", "cinNvl", "cinObj2Json",
    "cinRandom", "cinRoleAuth", "cinSoap", "cinSpringBean", "cinSpringMethod", "cinSqlFetch",
    "cinSqlLoad", "cinSqlRun", "cinTelEncrypt", "cinTimeFmt", "cinUrlTpl", "cinXml2Obj",
    "cinXmlForEach", "cinXmlParse", "cinXmlSel",
)  # fmt: skip
"""The 43 of the manual of 2013."""

NOTES: Mapping[str, str] = {
    "cinBean": "a value is reached by its name: `{{ record.name }}`, `{{ row.total }}`",
    "cinBeanSet": "`{% set total = 3 %}`; where a loop changes it, a `namespace`",
    "cinBeanShell": "no code runs in a template: a registered script command, or the expressions of the language",
    "cinDs": "a query names its data source itself",
    "cinFileAwk": "text is worked with in the template (`file_read`, loops, filters), or by a registered script command",
    "cinFileCmd": "no commands of the system run: a registered script command",
    "cinFtpOpen": "a named server of the enterprise is opened by its name with each of `ftp_list`, `ftp_down`, `ftp_up`",
    "cinSpringBean": "no beans of the product: a registered script command; or what the enterprise keeps by name: credentials of `http` and `soap`, file servers, saved queries",
    "cinSpringMethod": "as `cinSpringBean`",
    "cinSqlRun": "a template reads: what writes is an action of a trigger or a script command",
}
"""What is done otherwise than it was."""

ACCESSORS: Mapping[str, str] = {
    "$record.field, $bean.field": "`{{ record.field }}`",
    "$code.field": "`{{ codes.field }}`, a choice's code whatever the language",
    "$now, $date, $time": "`{{ now \\| date }}`, `{{ now \\| time }}`",
    "$user.name, $user.code, $user.role": "the same: `{{ user.name }}`, `{{ user.code }}`, `{{ user.role }}`",
    "$corp.name": "`{{ enterprise.name }}`",
    "$list.size": "`{{ list \\| length }}`",
    "$list.get(0), $map.get(key)": "`{{ list[0] }}`, `{{ map[key] }}`",
    "$text.method()": "a filter: `{{ text \\| upper }}`; there are no methods",
}


def instead(macro: str) -> str:
    """What stands for it now, as a cell of a table."""
    names = ", ".join(f"`{each.name}`" for each in INSTRUCTIONS if macro in each.replaces)
    return "; ".join(part for part in (names, NOTES.get(macro, "")) if part)
