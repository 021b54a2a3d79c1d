"""清单导出页面: the lists of the pages as Excel files."""

import io

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kechuang.core.cases.import_files import MEDIA
from kechuang.web import clock
from kechuang.web.session import SignedIn, private
from kechuang.web.sheet_files import sheet_file
from kechuang.web.sheets import Ask, sheet_of


@login_required
@require_safe
@private
def sheet(request: SignedIn, code: str) -> FileResponse:
    """导出清单: what the user may see in a list under the filters of its page."""
    found = sheet_of(code)
    if found is None:
        raise Http404
    content = sheet_file(found, Ask(request.user, request.GET, clock.now()))
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=f"{_(found.label)}-{clock.today():%Y%m%d}.xlsx",
        content_type=MEDIA["xlsx"],
    )
