from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """A script imports its modules by their hashed names, so that a deploy never mixes versions."""

    support_js_module_import_aggregation = True
