"""A picture as a PNG that says in itself how it was made."""

import io
from xml.sax.saxutils import escape

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from game.models import OrderPicture

# IPTC's word for pictures made by a trained model, and where XMP is in a PNG.
MADE_BY_A_MODEL = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"
XMP_KEYWORD = "XML:com.adobe.xmp"
XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about=""
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">
   <xmp:CreatorTool>{tool}</xmp:CreatorTool>
   <Iptc4xmpExt:DigitalSourceType>{source}</Iptc4xmpExt:DigitalSourceType>{description}
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""
DESCRIPTION = """
   <dc:description>
    <rdf:Alt><rdf:li xml:lang="x-default">{prompt}</rdf:li></rdf:Alt>
   </dc:description>"""


def png(picture: OrderPicture, *, has_prompt: bool) -> bytes:
    """The picture's pixels, with seed and model, and the prompt unless its person keeps it back.

    Raises:
        OSError: the file is gone.
    """
    order = picture.order
    told = PngInfo()
    told.add_text("Software", f"Sixpix, {order.model}")
    told.add_text("seed", str(picture.seed))
    told.add_text("model", order.model)
    description = ""
    if has_prompt:
        told.add_itxt("Description", order.prompt)
        if order.without:
            told.add_itxt("without", order.without)
        description = DESCRIPTION.format(prompt=escape(order.prompt))
    xmp = XMP.format(
        tool=escape(f"Sixpix, {order.model}"), source=MADE_BY_A_MODEL, description=description
    )
    told.add_itxt(XMP_KEYWORD, xmp)
    content = io.BytesIO()
    with picture.file.open("rb") as file, Image.open(file) as image:
        image.save(content, "PNG", pnginfo=told)
    return content.getvalue()
