"""邮件链接页面: what a mail offers without a login. GET only shows it, since mail scanners open every link."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from kechuang.core.alerts import by_mail
from kechuang.core.alerts.links import grant_of
from kechuang.web import clock


# The signed address is the proof; a mail program that stops by one click (RFC 8058) has no cookie of ours.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mail_link(request: HttpRequest, token: str) -> HttpResponse:
    """凭邮件办理: stop a saved search or the strong matches, mute a listing; take it back."""
    about = by_mail.matter(grant_of(token))
    done = ""
    if request.method == "POST":
        done = "resumed" if request.POST.get("do") == "resume" else "stopped"
        if done == "resumed":
            about = by_mail.resume(about=about, now=clock.now())
        else:
            about = by_mail.stop(about=about, scope=request.POST.get("scope", ""), now=clock.now())
    return render(request, "web/mail_link.html", {"about": about, "done": done})
