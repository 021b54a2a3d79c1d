"""状态说法 states: what the states of a certificate are called."""

from django.utils.translation import gettext_noop

from kechuang.services.ladder.certificates import EXPIRED, FUTURE, REVOKED, VALID
from kechuang.services.ladder.nearness import CLOSE, READY
from kechuang.services.ladder.queries import ALL, EXPIRING

STATE_LABELS = {
    VALID: gettext_noop("有效"),
    EXPIRING: gettext_noop("即将到期"),
    EXPIRED: gettext_noop("已到期"),
    REVOKED: gettext_noop("已撤销"),
    FUTURE: gettext_noop("尚未生效"),
    ALL: gettext_noop("全部状态"),
}
NEAR_LABELS = {READY: gettext_noop("条件已具备"), CLOSE: gettext_noop("只差一项")}
