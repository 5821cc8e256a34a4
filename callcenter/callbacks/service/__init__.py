"""Callbacks' services, by verb: facts folded, callbacks shown and asked for, how services call back."""

from callcenter.callbacks.service.asking import CallbackDesk
from callcenter.callbacks.service.folding import fold, fold_anew
from callcenter.callbacks.service.programs import ProgramCallbacks
from callcenter.callbacks.service.rules import CallbackRulebook, load_callback_plans
from callcenter.callbacks.service.showing import CallbackList

__all__ = [
    "CallbackDesk",
    "CallbackList",
    "CallbackRulebook",
    "ProgramCallbacks",
    "fold",
    "fold_anew",
    "load_callback_plans",
]
