"""From prompts to clips: which pieces of speech say them to this caller. Pure."""

from collections.abc import Iterable, Mapping

from ivr.expressions import Value
from ivr.model import Clip, Form, Prompt
from ivr.numerals import LARGEST, digits, number, vocabulary


def speak(
    prompts: Iterable[Prompt], language: str, variables: Mapping[str, Value]
) -> tuple[Clip, ...]:
    """The clips in order; a variable that is not set is silent."""
    return tuple(clip for prompt in prompts for clip in _clips(prompt, language, variables))


def recordable(prompts: Iterable[Prompt], languages: Iterable[str]) -> frozenset[Clip]:
    """Every clip that these prompts may need, the words of digits and numbers included."""
    languages = tuple(languages)
    texts = {
        Clip(language, prompt.text[language])
        for prompt in prompts
        for language in ((prompt.language,) if prompt.language else languages)
        if language in prompt.text
    }
    return frozenset(texts) | spoken_words(languages)


def spoken_words(languages: Iterable[str]) -> frozenset[Clip]:
    """The clips of all digits and numbers."""
    return frozenset(
        Clip(language, word, shared=True) for language in languages for word in vocabulary(language)
    )


def _clips(prompt: Prompt, language: str, variables: Mapping[str, Value]) -> list[Clip]:
    language = prompt.language or language
    if prompt.variable is None:
        return [Clip(language, prompt.text[language])]
    words = _words(variables.get(prompt.variable, ""), prompt.form, language)
    return [Clip(language, word, shared=True) for word in words]


def _words(value: Value, form: Form, language: str) -> list[str]:
    text = str(value)
    is_count = text.isascii() and text.isdigit() and len(text) <= len(str(LARGEST))
    if form is Form.NUMBER and is_count:
        return number(int(text), language)
    return digits(text, language)
