"""Documents in, a committed index out: load -> clean -> chunk -> encode -> commit."""

import os

# One thread a worker: on a busy machine threads of one product wait for each other, and the workers are what
# runs side by side. Read by the numeric libraries when they are first imported, so it has to stand here.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")
