"""企业档案 dossier: one file per organisation, filled in once: figures, rights, qualifications, integrity, consent."""
