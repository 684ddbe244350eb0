"""Merkle trees: the published vectors, and paths that lead to the root from every leaf."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from tapline.ledger.proofs import checker
from tapline.ledger.seals import merkle

# RFC 6962 as certificate-transparency implementations test it: these leaves, these roots.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
]


def test_roots_are_those_of_the_published_vectors() -> None:
    leaves = [hashlib.sha256(b"\0" + bytes.fromhex(leaf)).digest() for leaf in LEAVES]

    assert [merkle.root(leaves[:size]).hex() for size in range(1, 8)] == ROOTS
    assert merkle.root([]) == hashlib.sha256().digest()


@given(size=st.integers(1, 40), data=st.data())
def test_a_path_leads_from_its_leaf_to_the_root_and_from_no_other(
    size: int, data: st.DataObject
) -> None:
    """The checker shares no code with the tree."""
    leaves = [merkle.leaf(str(number)) for number in range(size)]
    place = data.draw(st.integers(0, size - 1))
    path = [one.hex() for one in merkle.path(leaves, place)]

    def lead(text: str) -> bytes:
        return checker.root_of({"text": text, "place": place, "path": path}, size)

    assert lead(str(place)) == merkle.root(leaves)
    assert lead(f"{place}, altered") != merkle.root(leaves)
