"""The error function, which NumPy does not have, for the exact gelu."""

from __future__ import annotations

from numpy.polynomial.chebyshev import cheb2poly

from nntui.nn.arrays import Array
from nntui.nn.program import Program

# Chebyshev coefficients in 2t - 1 of ln(e^(x²) erfc(x) / t), t = 2 / (2 + x), x ≥ 0: the substitution of W. H. Press et
# al., Numerical Recipes, section 6.2.2. Calculated from the definition with 40 digits.
_CHEBYSHEV = (
    -0.6513268598908547, 0.6419697923564902, 0.019476473204185836, -0.009561514786808632,
    -0.0009465953444820369, 0.00036683949785276145, 4.252332480690777e-05, -2.0278578112534242e-05,
    -1.6242900046470256e-06, 1.3036558355805232e-06, 1.5626441722066142e-08, -8.523809591492654e-08,
    6.5290544390988515e-09, 5.059343495551469e-09, -9.91364156493033e-10, -2.273651222931836e-10,
    9.646791102015527e-11, 2.3940380830391146e-12, -6.886027526497553e-12, 8.944879273090725e-13,
    3.130921399342958e-13, -1.1270822361367252e-13, 3.810905255189232e-16, 7.106097613609237e-15,
    -1.5230282014571043e-15, -9.457494571291233e-17,
)  # fmt: skip
_TERMS = {"f": 10, "d": 26}  # enough for the last digit or two of either type


def record_erf(do: Program, x: Array, out: Array) -> None:
    """Record out = erf(x) = 2/√π ∫₀ˣ e^(-s²) ds; absolute error below 1e-15 (float64) or 5e-7 (float32).

    erf(|x|) = 1 - t·exp(P(2t - 1) - x²) with t = 2 / (2 + |x|), then the sign of x. ``out`` must not be ``x``.
    """
    coefficients = cheb2poly(_CHEBYSHEV[: _TERMS[x.dtype.char]]).tolist()
    t, u = do.empty_like(x), do.empty_like(x)
    do.absolute(x, out=t)
    do.add(t, 2.0, out=t)
    do.divide(2.0, t, out=t)
    do.multiply(t, 2.0, out=u)
    do.subtract(u, 1.0, out=u)
    do.multiply(u, coefficients[-1], out=out)
    for coefficient in coefficients[-2:0:-1]:
        do.add(out, coefficient, out=out)
        do.multiply(out, u, out=out)
    do.add(out, coefficients[0], out=out)
    do.multiply(x, x, out=u)
    do.subtract(out, u, out=out)
    do.exp(out, out=out)
    do.multiply(out, t, out=out)
    do.subtract(1.0, out, out=out)
    do.copysign(out, x, out=out)
