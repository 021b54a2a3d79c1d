"""政策库权限: questions on a policy are answered by the officers of the asker's district and of the city."""

from kechuang.core.parties.access import officer_of

answers_question = officer_of("district")
