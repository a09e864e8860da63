"""Accounts as snapshots: an organisation's account grows with every run it ever queues."""

import msgspec
from immutables import Map

from kernel.snapshots import Form
from neuralforge.billing.v1 import events_pb2
from services.billing import amounts, domain, upcasts
from services.billing.amounts import Month
from services.billing.domain import Account, Hold, Use


class _Kept(msgspec.Struct):
    plan: str
    holds: list[Hold]
    uses: list[tuple[Month, str, Use]]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_Kept)


def encode(account: Account) -> bytes:
    uses = [(month, kind, use) for (month, kind), use in account.uses.items()]
    return _encoder.encode(_Kept(account.plan, list(account.holds.values()), uses))


def decode(data: bytes) -> Account:
    kept = _decoder.decode(data)
    holds = Map((hold.id, hold) for hold in kept.holds)
    return Account(kept.plan, holds, {(month, kind): use for month, kind, use in kept.uses})


FORM = Form(encode, decode, (domain, amounts, upcasts, events_pb2))
