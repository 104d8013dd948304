"""Putting the pages that say how a document was signed behind its own, without touching a byte of those."""

from __future__ import annotations

from io import BytesIO
from typing import Any


def with_pages(content: bytes, behind: bytes, attached: dict[str, bytes]) -> Any:
    """A pyHanko writer that adds to `content` the pages of `behind`, tags and all, and some files.

    What it writes begins with `content` as it is: whoever has a hash of that can compare.
    """
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter  # noqa: PLC0415  (half a second)
    from pyhanko.pdf_utils.reader import PdfFileReader  # noqa: PLC0415

    writer = IncrementalPdfFileWriter(BytesIO(content))
    _add_pages(writer, PdfFileReader(BytesIO(behind)))
    for name, data in attached.items():
        _attach(writer, name, data)
    return writer


def _add_pages(writer: Any, behind: Any) -> None:
    """Add all pages of another file of the typesetter's, and what its tags say of them."""
    generic = _generic()
    old_tags = behind.root["/StructTreeRoot"]
    numbers = old_tags["/ParentTree"]["/Nums"]
    pages = _leaves(behind.root.raw_get("/Pages"))
    for page in pages:
        del page.get_object()["/Parent"]
    for element in old_tags["/K"]:
        del element.get_object()["/P"]
    carried = generic.DictionaryObject({
        generic.pdf_name("/Pages"): generic.ArrayObject(pages),
        generic.pdf_name("/Tags"): generic.ArrayObject(list(_raw(old_tags["/K"]))),
        generic.pdf_name("/Parents"): generic.ArrayObject(list(_raw(numbers))),
    })  # fmt: skip
    carried.container_ref = behind.root_ref
    brought = writer.import_object(carried)
    shift = int(writer.root["/StructTreeRoot"]["/ParentTreeNextKey"])
    _put_pages(writer, brought["/Pages"], shift)
    _put_tags(writer, brought, shift)
    writer.update_root()


def _put_pages(writer: Any, pages: Any, shift: int) -> None:
    generic = _generic()
    tree_ref = writer.root.raw_get("/Pages")
    tree = tree_ref.get_object()
    for ref in _raw(pages):
        page = ref.get_object()
        page[generic.pdf_name("/Parent")] = tree_ref
        _shift(page, shift)
        for annotation in page.get("/Annots", ()):
            _shift(annotation.get_object(), shift)
        tree["/Kids"].append(ref)
    tree[generic.pdf_name("/Count")] = generic.NumberObject(tree["/Count"] + len(pages))
    writer.update_container(tree["/Kids"])
    writer.update_container(tree)


def _put_tags(writer: Any, brought: Any, shift: int) -> None:
    """Hang the new elements below the document's own, as a part of it, and their numbers behind those there are."""
    generic = _generic()
    tags = writer.root["/StructTreeRoot"]
    document_ref = _raw(tags["/K"])[0]
    document = document_ref.get_object()
    for ref in _raw(brought["/Tags"]):
        part = ref.get_object()
        part[generic.pdf_name("/P")], part[generic.pdf_name("/S")] = document_ref, generic.pdf_name("/Part")
        document["/K"].append(ref)
    writer.update_container(document)
    numbers = tags["/ParentTree"]["/Nums"]
    new = list(_raw(brought["/Parents"]))
    for key, value in zip(new[::2], new[1::2], strict=True):
        numbers.append(generic.NumberObject(int(key) + shift))
        numbers.append(value)
    tags[generic.pdf_name("/ParentTreeNextKey")] = generic.NumberObject(shift + len(new) // 2)
    writer.update_container(tags)


def _shift(holder: Any, shift: int) -> None:
    generic = _generic()
    for key in ("/StructParents", "/StructParent"):
        if key in holder:
            holder[generic.pdf_name(key)] = generic.NumberObject(int(holder[key]) + shift)


def _leaves(node: Any) -> list[Any]:
    """References to the pages below a node of the page tree, in order."""
    held = node.get_object()
    if held["/Type"] == "/Page":
        return [node]
    return [page for kid in _raw(held["/Kids"]) for page in _leaves(kid)]


def _raw(array: Any) -> list[Any]:
    """The items of an array with references left as they are."""
    return [array.raw_get(at) for at in range(len(array))]


def _attach(writer: Any, name: str, data: bytes) -> None:
    from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file  # noqa: PLC0415

    held = EmbeddedFileObject.from_file_data(writer, data=data, mime_type="application/json")
    embed_file(writer, FileSpec(file_spec_string=name, file_name=name, embedded_data=held))


def _generic() -> Any:
    """pyHanko's PDF objects, which have no types of their own."""
    from pyhanko.pdf_utils import generic  # noqa: PLC0415  (half a second)

    return generic
