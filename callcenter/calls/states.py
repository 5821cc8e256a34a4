"""The states of a call and of a leg as tables; `docs/state-tables.md` is their prose."""

from enum import StrEnum


class CallState(StrEnum):
    NEW = "new"
    IN_IVR = "in_ivr"
    QUEUED = "queued"
    OFFERED = "offered"
    DIALLING = "dialling"
    CONNECTED = "connected"
    CONSULTING = "consulting"
    TRANSFERRING = "transferring"
    ENDED = "ended"


class CallEvent(StrEnum):
    ENTER_IVR = "enter_ivr"
    QUEUE = "queue"
    OFFER = "offer"
    MISS = "miss"
    DIAL = "dial"
    CONNECT = "connect"
    CONSULT = "consult"
    RETURN = "return"
    TRANSFER = "transfer"
    OVERFLOW = "overflow"
    END = "end"


class LegState(StrEnum):
    STARTED = "started"
    RINGING = "ringing"
    UP = "up"
    JOINED = "joined"
    HELD = "held"
    ENDED = "ended"


class LegEvent(StrEnum):
    RING = "ring"
    ANSWER = "answer"
    JOIN = "join"
    LEAVE = "leave"
    HOLD = "hold"
    RESUME = "resume"
    END = "end"


_C, _E = CallState, CallEvent
CALL_EDGES: dict[tuple[CallState, CallEvent], CallState] = {
    (_C.NEW, _E.ENTER_IVR): _C.IN_IVR,
    (_C.NEW, _E.QUEUE): _C.QUEUED,
    (_C.NEW, _E.DIAL): _C.DIALLING,
    # A routing service leads to a seat; where a target is not reached it leads on, and a flow may
    # lead to another one.
    (_C.NEW, _E.OFFER): _C.OFFERED,
    (_C.OFFERED, _E.ENTER_IVR): _C.IN_IVR,
    (_C.OFFERED, _E.DIAL): _C.DIALLING,
    (_C.DIALLING, _E.ENTER_IVR): _C.IN_IVR,
    (_C.DIALLING, _E.DIAL): _C.DIALLING,
    (_C.IN_IVR, _E.ENTER_IVR): _C.IN_IVR,
    (_C.IN_IVR, _E.QUEUE): _C.QUEUED,
    (_C.IN_IVR, _E.DIAL): _C.DIALLING,
    # A flow sends the caller to one seat; or Asterisk's own queue took over in the middle of it.
    (_C.IN_IVR, _E.OFFER): _C.OFFERED,
    (_C.IN_IVR, _E.CONNECT): _C.CONNECTED,
    (_C.QUEUED, _E.OFFER): _C.OFFERED,
    (_C.QUEUED, _E.QUEUE): _C.QUEUED,
    # Led elsewhere: the queue was full, the wait too long, nobody there, or the caller wished it.
    **{
        (state, _E.OVERFLOW): _C.IN_IVR
        for state in (
            _C.NEW,
            _C.IN_IVR,
            _C.QUEUED,
            _C.OFFERED,
            _C.DIALLING,
            _C.CONSULTING,
            _C.TRANSFERRING,
        )
    },
    # The control plane was away: Asterisk's own queue connected the caller.
    (_C.QUEUED, _E.CONNECT): _C.CONNECTED,
    (_C.NEW, _E.CONNECT): _C.CONNECTED,
    (_C.OFFERED, _E.CONNECT): _C.CONNECTED,
    (_C.OFFERED, _E.MISS): _C.QUEUED,
    (_C.OFFERED, _E.QUEUE): _C.QUEUED,
    # A transfer in vain goes on: to the one who gave it, then to the service.
    (_C.OFFERED, _E.OFFER): _C.OFFERED,
    (_C.DIALLING, _E.OFFER): _C.OFFERED,
    (_C.DIALLING, _E.QUEUE): _C.QUEUED,
    (_C.DIALLING, _E.CONNECT): _C.CONNECTED,
    (_C.CONNECTED, _E.CONSULT): _C.CONSULTING,
    (_C.CONNECTED, _E.TRANSFER): _C.TRANSFERRING,
    (_C.CONSULTING, _E.RETURN): _C.CONNECTED,
    (_C.CONSULTING, _E.CONNECT): _C.CONNECTED,
    # The agent hung up in the middle of it: the customer is served again.
    (_C.CONSULTING, _E.QUEUE): _C.QUEUED,
    (_C.TRANSFERRING, _E.CONNECT): _C.CONNECTED,
    (_C.TRANSFERRING, _E.OFFER): _C.OFFERED,
    (_C.TRANSFERRING, _E.QUEUE): _C.QUEUED,
    (_C.TRANSFERRING, _E.DIAL): _C.DIALLING,
    (_C.TRANSFERRING, _E.RETURN): _C.CONNECTED,
    **{(state, _E.END): _C.ENDED for state in _C if state is not _C.ENDED},
}

_L, _V = LegState, LegEvent
LEG_EDGES: dict[tuple[LegState, LegEvent], LegState] = {
    (_L.STARTED, _V.RING): _L.RINGING,
    (_L.STARTED, _V.ANSWER): _L.UP,
    (_L.RINGING, _V.ANSWER): _L.UP,
    (_L.UP, _V.JOIN): _L.JOINED,
    (_L.UP, _V.HOLD): _L.HELD,
    (_L.JOINED, _V.LEAVE): _L.UP,
    (_L.JOINED, _V.HOLD): _L.HELD,
    (_L.JOINED, _V.JOIN): _L.JOINED,
    (_L.HELD, _V.RESUME): _L.JOINED,
    (_L.HELD, _V.LEAVE): _L.HELD,
    (_L.HELD, _V.JOIN): _L.HELD,
    # Early media joins a bridge before the answer.
    (_L.STARTED, _V.JOIN): _L.STARTED,
    (_L.RINGING, _V.JOIN): _L.RINGING,
    **{(state, _V.END): _L.ENDED for state in _L if state is not _L.ENDED},
}
