"""Webhooks and their deliveries."""

from serve.errors.base import ApiError


class WebhookNotFound(ApiError):
    """You have no webhook with this id."""

    code = "webhook_not_found"


class DeliveryNotFound(ApiError):
    """The webhook has no delivery with this id, or no longer."""

    code = "delivery_not_found"


class TooManyWebhooks(ApiError):
    """You have {0} webhooks, and can have no more."""

    code = "too_many_webhooks"
    advice = "Delete one that is not used."


class WebhookDisabled(ApiError):
    """The webhook is disabled."""

    code = "webhook_disabled"
    advice = "Enable it first."


class DeliveryUnderWay(ApiError):
    """The delivery is still being tried."""

    code = "delivery_under_way"
    advice = "Wait until it has got through or failed."
