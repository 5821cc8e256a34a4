"""From prompts to clips: which pieces of speech say them to this caller. Pure."""

from collections.abc import Iterable, Mapping

from ivr.expressions import Value
from ivr.forms import spoken, words_of
from ivr.model import Clip, Form, Prompt
from ivr.numerals import digits, vocabulary


def speak(
    prompts: Iterable[Prompt], language: str, variables: Mapping[str, Value]
) -> tuple[Clip, ...]:
    """The clips in order; a variable that is not set is silent."""
    return tuple(clip for prompt in prompts for clip in _clips(prompt, language, variables))


def recordable(prompts: Iterable[Prompt], languages: Iterable[str]) -> frozenset[Clip]:
    """Every clip that these prompts may need, the words of digits and numbers included."""
    languages, prompts = tuple(languages), tuple(prompts)
    texts = {
        Clip(language, prompt.text[language])
        for prompt in prompts
        for language in ((prompt.language,) if prompt.language else languages)
        if language in prompt.text
    }
    forms = {
        Clip(language, word, shared=True)
        for prompt in prompts
        if prompt.variable is not None
        for language in ((prompt.language,) if prompt.language else languages)
        for word in words_of(prompt.form, language)
    }
    return frozenset(texts) | forms | spoken_words(languages)


def say_value(value: Value, form: Form, language: str) -> tuple[Clip, ...]:
    """A value in a form; what is not of the form is read out digit by digit."""
    words = spoken(value, form, language)
    words = digits(str(value), language) if words is None else words
    return tuple(Clip(language, word, shared=True) for word in words)


def spoken_words(languages: Iterable[str]) -> frozenset[Clip]:
    """The clips of all digits and numbers."""
    return frozenset(
        Clip(language, word, shared=True) for language in languages for word in vocabulary(language)
    )


def _clips(prompt: Prompt, language: str, variables: Mapping[str, Value]) -> Iterable[Clip]:
    language = prompt.language or language
    if prompt.file is not None:
        return [Clip(language, "", upload=prompt.file)]
    if prompt.variable is None:
        return [Clip(language, prompt.text[language])]
    return say_value(variables.get(prompt.variable, ""), prompt.form, language)
