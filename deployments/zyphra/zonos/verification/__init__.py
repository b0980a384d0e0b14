"""The checks of ``lectern verify zonos``, one file a part of the model."""
