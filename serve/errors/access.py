"""Who is asking, and what they may."""

from serve.errors.base import ApiError


class NotSignedIn(ApiError):
    """This needs an access token."""

    code = "not_signed_in"
    advice = "Sign in, and send the access token as “Authorization: Bearer …”."


class TokenRefused(ApiError):
    """The access token is not valid, or no longer."""

    code = "token_refused"
    advice = "Refresh the session, or sign in again."


class SessionEnded(TokenRefused):
    """You have been signed out."""

    code = "session_ended"
    advice = "Sign in again."


class KeyEnded(TokenRefused):
    """The API key has been revoked, or has run out."""

    code = "key_ended"
    advice = "Use another key."


class AccountDisabled(TokenRefused):
    """The account has been disabled."""

    code = "account_disabled"
    advice = "Ask an administrator."


class RoleChanged(TokenRefused):
    """Your role has been changed."""

    code = "role_changed"
    advice = "Connect again: what the new role allows goes on."


class CredentialsRefused(ApiError):
    """The name or the password is wrong."""

    code = "credentials_refused"
    advice = "Check both; upper and lower case count in the password."


class RefreshRefused(ApiError):
    """The refresh token is not valid, or no longer."""

    code = "refresh_refused"
    advice = "Sign in again."


class NotAllowed(ApiError):
    """Your role, {0}, does not allow this."""

    code = "not_allowed"
    advice = "Ask an administrator."


class ScopeMissing(ApiError):
    """This API key does not reach as far as “{0}”."""

    code = "scope_missing"
    advice = "Make a key with this scope."


class SessionNeeded(ApiError):
    """An API key cannot do this."""

    code = "session_needed"
    advice = "Sign in with a password."


class AccountTaken(ApiError):
    """An account with this email address or username is there already."""

    code = "account_taken"
    advice = "Sign in, or choose another name."


class PasswordWrong(ApiError):
    """The old password is wrong."""

    code = "password_wrong"


class CrossSiteRefused(ApiError):
    """This can only be asked for by a page of the studio itself."""

    code = "cross_site_refused"
    advice = "Send the header Lectern-CSRF, or the token in the body instead of the cookie."


class SessionNotFound(ApiError):
    """You have no session with this id."""

    code = "session_not_found"


class KeyNotFound(ApiError):
    """You have no API key with this id."""

    code = "key_not_found"


class TooManyKeys(ApiError):
    """You have {0} API keys that work, and can have no more."""

    code = "too_many_keys"
    advice = "Revoke one that is not used."


class UserNotFound(ApiError):
    """There is no user with this id."""

    code = "user_not_found"


class LastAdmin(ApiError):
    """There would be no administrator left."""

    code = "last_admin"
    advice = "Make somebody else an administrator first."


class PasswordTooCommon(ApiError):
    """This password is too easily guessed."""

    code = "password_too_common"
    advice = "Use several unrelated words, or let a password manager choose."
