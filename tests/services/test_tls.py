"""gRPC by TLS: who shows a certificate of the authority is served, nobody else is; jobs dial home by it as well."""

from dataclasses import replace
from pathlib import Path

import grpc
import pytest

from kernel.client import channel
from kernel.settings import CONTEXTS
from kernel.tls import Tls, read_job_tls, read_tls
from neuralforge.dataset.v1 import service_pb2 as dataset
from neuralforge.workspace.v1 import service_pb2 as api
from neuralforge.workspace.v1.service_pb2_grpc import GrantServiceStub
from tests.kernel.certificates import Authority
from tests.services.conftest import Hosted
from tests.services.dataset.ingesting import create, ended


async def answered(address: str, server: str, tls: Tls | None) -> bool:
    """Whether a caller with that certificate gets an answer from what it takes for `server`."""
    async with channel(address, server, tls) as opened:
        try:
            return bool((await GrantServiceStub(opened).ListKeys(api.ListKeysRequest(), timeout=20)).keys)
        except grpc.aio.AioRpcError as error:
            if error.code() is grpc.StatusCode.UNAVAILABLE:
                return False
            raise


async def test_only_certificates_of_the_authority_open_the_door_and_jobs_have_one(
    hosted: Hosted, tmp_path: Path
) -> None:
    ours, foreign = Authority(tmp_path / "ours"), Authority(tmp_path / "foreign")
    services, caller, job = ours.issue(*CONTEXTS), ours.issue("gateway"), ours.issue("job")
    stranger = foreign.issue("gateway")
    async with hosted("dataset", tls=services, job_tls=job) as platform:
        assert await answered(platform.address, "workspace", caller)
        assert not await answered(platform.address, "workspace", None)
        assert not await answered(platform.address, "workspace", stranger)
        # its certificate is none of ours, though it trusts ours
        assert not await answered(platform.address, "workspace", replace(stranger, authority=caller.authority))
        assert not await answered(platform.address, "somebody-else", caller)
        person = await platform.person()
        made = await create(person, await person.project())
        assert (await ended(person, made.dataset.id)).state == dataset.VERSION_STATE_READY


def test_half_of_the_files_is_refused_with_their_names(tmp_path: Path) -> None:
    given = Authority(tmp_path / "ours").issue("graph").environment()
    assert read_tls({}) is None
    assert read_tls(given) == read_job_tls(given) == Tls(*map(Path, given.values()))
    with pytest.raises(SystemExit, match="NF_TLS_KEY is missing"):
        read_tls({**given, "NF_TLS_KEY": ""})
    with pytest.raises(SystemExit, match="NF_TLS_CA names /nowhere, which cannot be read"):
        read_tls({**given, "NF_TLS_CA": "/nowhere"})


def test_jobs_show_a_certificate_of_their_own_where_there_is_one(tmp_path: Path) -> None:
    authority = Authority(tmp_path / "ours")
    own, job = authority.issue("training"), authority.issue("job")
    given = {**own.environment(), "NF_TLS_JOB_CERT": str(job.certificate), "NF_TLS_JOB_KEY": str(job.key)}
    assert read_job_tls(given) == job
