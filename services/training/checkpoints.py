"""The files of checkpoints: where they are kept, links to them, and the removal of what nothing refers to any more.

Keys hold the content's hash, so an attempt that was replaced cannot change what a later one relies on.
"""

from collections.abc import Sequence, Set

import structlog

from kernel.errors import Rejected, Unavailable
from kernel.objects import ObjectStore
from kernel.uploads import LINK_LIFE, check_upload, verify_upload
from neuralforge.training.v1 import service_pb2 as api

MOST_FILES = 16
logger = structlog.get_logger()


class CheckpointFiles:
    """Objects under `<tenant>/training/<run id>/<attempt>/<SHA-256>/<name>`."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects

    def upload_links(self, tenant: str, run_id: str, attempt: int, uploads: Sequence[api.Upload]) -> list[api.File]:
        """Addresses to PUT the files to; raises Rejected."""
        files = check_uploads(uploads)
        for file in files:
            file.url = self._objects.presign_put(_key(tenant, run_id, attempt, file), LINK_LIFE)
        return files

    async def verify(self, tenant: str, run_id: str, attempt: int, uploads: Sequence[api.Upload]) -> list[api.File]:
        """The files, all of which are there as announced; raises Rejected naming the first that is not."""
        files = check_uploads(uploads)
        for file in files:
            await verify_upload(self._objects, _key(tenant, run_id, attempt, file), file)
        return files

    def linked(self, tenant: str, run_id: str, checkpoint: api.Checkpoint) -> api.Checkpoint:
        """The checkpoint with addresses to read its files from."""
        answer = api.Checkpoint()
        answer.CopyFrom(checkpoint)
        for file in answer.files:
            file.url = self._objects.presign_get(_key(tenant, run_id, checkpoint.attempt, file), LINK_LIFE, file.name)
        return answer

    async def remove(
        self, tenant: str, run_id: str, replaced: api.Checkpoint | None, kept: Sequence[api.Checkpoint]
    ) -> None:
        """Deletes the files of a replaced checkpoint that no kept one refers to."""
        if replaced:
            await self._delete(_keys(tenant, run_id, [replaced]) - _keys(tenant, run_id, kept))

    async def sweep(self, tenant: str, run_id: str, kept: Sequence[api.Checkpoint]) -> None:
        """Deletes all files of a run that is over but those of the kept checkpoints: uploads nobody recorded too."""
        try:
            found = {stored.key for stored in await self._objects.list(_prefix(tenant, run_id))}
        except Unavailable as error:
            logger.warning("checkpoint files not swept", run=run_id, error=str(error))
            return
        await self._delete(found - _keys(tenant, run_id, kept))

    async def _delete(self, keys: Set[str]) -> None:
        """What cannot be deleted now is left to the sweep: a full bucket is no reason to fail a run."""
        for key in sorted(keys):
            try:
                await self._objects.delete(key)
            except Unavailable as error:
                logger.warning("checkpoint file not deleted", key=key, error=str(error))


def check_uploads(uploads: Sequence[api.Upload]) -> list[api.File]:
    """The files announced; raises Rejected for what cannot be a checkpoint."""
    if not 1 <= len(uploads) <= MOST_FILES:
        raise Rejected(f"a checkpoint has 1 to {MOST_FILES} files, not {len(uploads)}", field="files")
    for upload in uploads:
        check_upload(upload)
    return [api.File(name=upload.name, bytes=upload.bytes, sha256=upload.sha256) for upload in uploads]


def _prefix(tenant: str, run_id: str) -> str:
    return f"{tenant}/training/{run_id}/"


def _keys(tenant: str, run_id: str, checkpoints: Sequence[api.Checkpoint]) -> set[str]:
    return {_key(tenant, run_id, kept.attempt, file) for kept in checkpoints for file in kept.files}


def _key(tenant: str, run_id: str, attempt: int, file: api.File) -> str:
    return f"{_prefix(tenant, run_id)}{attempt}/{file.sha256}/{file.name}"
