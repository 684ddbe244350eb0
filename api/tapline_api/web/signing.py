"""What signs for us, and handing out what was signed."""

from fastapi import Request, Response

from tapline.errors import ConflictError
from tapline.people import Vault


def vault_of(request: Request) -> Vault:
    """Where the key rests that statements are signed with."""
    vault: Vault | None = request.app.state.vault
    if vault is None:
        raise ConflictError("no key file to sign with: set TAPLINE_IDENTITY_KEY_FILE")
    return vault


def json_file(text: str, name: str) -> Response:
    """A JSON document as a file `name`, which is ASCII."""
    return Response(
        text,
        media_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
