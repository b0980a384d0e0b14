"""Requests to other people's servers."""

from pipeline.errors.base import LecternError


class OutboundError(LecternError):
    """Nothing could be sent."""

    code = "not_sent"
    retryable = True


class AddressRefused(OutboundError):
    """The studio does not send to this address: {0}."""

    code = "address_refused"
    advice = "Give a public address that begins with https://, or ask the operator to allow it."


class ReceiverUnreachable(OutboundError):
    """The receiver cannot be reached: {0}"""

    code = "receiver_unreachable"
    advice = "Check its name, its certificate, and that it is up."


class ReceiverTooSlow(OutboundError):
    """The receiver did not answer within {0:g} seconds."""

    code = "receiver_too_slow"
    advice = "Answer first, and work afterwards."


class AnswerBrokeOff(OutboundError):
    """The receiver's answer broke off: {0}"""

    code = "answer_broke_off"
    advice = "Answer with a status and a short body."


class RedirectRefused(OutboundError):
    """The receiver answered {0}, which leads to another address; that is not followed."""

    code = "redirect_refused"
    advice = "Give the address that it leads to."


class ReceiverRefused(OutboundError):
    """The receiver answered {0}."""

    code = "receiver_refused"
    advice = "See what it says, and mend it; then redeliver."


class ReceiverGone(OutboundError):
    """The receiver answered 410: it wants no more."""

    code = "receiver_gone"
    advice = "Enable the webhook again when the receiver is back."
    retryable = False


class SecretUnreadable(OutboundError):
    """The secret of this webhook cannot be read any more: the studio's own secret was replaced."""

    code = "secret_unreadable"
    advice = "Rotate the secret of the webhook."
