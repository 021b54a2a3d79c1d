"""科创通."""

import os

# Matrices of a search are small: with one thread each, processes do not wait for each other's cores. It is read when
# numpy is imported, so it stands here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
