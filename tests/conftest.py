"""One BLAS thread, as the program itself uses: two on a busy machine make small networks many times slower."""

import os

for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
