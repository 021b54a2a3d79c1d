"""原因 reasons: why a consultation is dropped, a comment kept from the public or taken back."""

from kechuang.kit.text import noop

DROP_REASONS = {
    "changed": noop("情况变化，不再制定"),
    "merged": noop("并入其他文件"),
    "redraft": noop("重新起草后再征求意见"),
    "other": noop("其他（见说明）"),
}
HIDE_REASONS = {
    "unrelated": noop("与征求意见稿无关"),
    "advert": noop("广告"),
    "abuse": noop("含有违法或侮辱内容"),
    "private": noop("含有个人隐私或涉密内容"),
    "twice": noop("重复提交"),
}
WITHDRAW_REASONS = {
    "changed": noop("想法改变"),
    "mistake": noop("填写有误，另行提交"),
    "other": noop("其他"),
}
