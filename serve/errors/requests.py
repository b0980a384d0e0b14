"""What is sent, and where to."""

from serve.errors.base import ApiError, FieldError


class RouteNotFound(ApiError):
    """There is nothing at this address."""

    code = "route_not_found"


class MethodNotAllowed(ApiError):
    """This address does not answer to {0}."""

    code = "method_not_allowed"


class RangeRefused(ApiError):
    """The file has no such part; it has {0} bytes."""

    code = "range_refused"

    def __init__(self, bytes_: int) -> None:
        super().__init__(bytes_)
        self.bytes_ = bytes_


class BodyMalformed(ApiError):
    """The body cannot be read: {0}."""

    code = "body_malformed"


class MediaTypeRefused(ApiError):
    """The body must come as {0}, and say so."""

    code = "media_type_refused"
    advice = "Send it with this Content-Type."


class BodyTooLarge(ApiError):
    """The body is larger than the {0} bytes allowed here."""

    code = "body_too_large"
    advice = "Send less at once."


class BodyTooNested(ApiError):
    """The body is nested deeper than {0} levels."""

    code = "body_too_nested"


class AddressTooLong(ApiError):
    """The address asked for is longer than {0} bytes."""

    code = "address_too_long"
    advice = "Ask for less at once, or put it into the body."


class HeadersTooLarge(ApiError):
    """The headers of the request are larger than {0} bytes."""

    code = "headers_too_large"
    advice = "Send fewer or shorter headers."


class RequestInvalid(ApiError):
    """The request is not valid."""

    code = "request_invalid"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors


class StudioNotReady(ApiError):
    """Part of the studio does not answer."""

    code = "not_ready"
    advice = "Try again in a moment."

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors
