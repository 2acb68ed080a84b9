#!/usr/bin/python3
"""Minimax coefficients of io.lanewise.noise.Deviates, by Remez exchange in mpmath.

    /usr/bin/python3 data/golden/noise/polynomials.py

prints each polynomial, constant term first, and its largest relative error before rounding.
"""

from mpmath import cos, log, log1p, lu_solve, matrix, mp, mpf, nstr, pi, sin, sqrt

mp.prec = 160
TINY = mpf(10) ** -30


def remez(g, w, a, b, degree, turns=12):
    """Polynomial p that makes the largest |p - g| w on [a, b] smallest."""
    count = degree + 2
    grid_size = 60 * count
    chebyshev = lambda k, n: (a + b) / 2 - (b - a) / 2 * cos(pi * mpf(k) / n)
    grid = [chebyshev(k, grid_size) for k in range(grid_size + 1)]
    points = [chebyshev(k, count - 1) for k in range(count)]
    for _ in range(turns):
        system, values = matrix(count, count), matrix(count, 1)
        for i, x in enumerate(points):
            for j in range(degree + 1):
                system[i, j] = x**j
            system[i, degree + 1] = (-1) ** i / w(x)
            values[i] = g(x)
        solution = lu_solve(system, values)
        c = [solution[j] for j in range(degree + 1)]
        errors = [(sum(cj * x**j for j, cj in enumerate(c)) - g(x)) * w(x) for x in grid]
        extrema = []
        for k, e in enumerate(errors):
            neighbours = errors[max(k - 1, 0) : k] + errors[k + 1 : k + 2]
            sign = 1 if e > 0 else -1
            if any(sign * n > sign * e for n in neighbours):
                continue
            if extrema and (errors[extrema[-1]] > 0) == (e > 0):
                if abs(e) > abs(errors[extrema[-1]]):
                    extrema[-1] = k
            else:
                extrema.append(k)
        while len(extrema) > count:
            extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
        if len(extrema) < count:
            break
        points = [grid[k] for k in extrema]
    return c, max(abs(e) for e in errors)


def show(name, fit):
    c, error = fit
    print("%s: 2^%s" % (name, nstr(log(error, 2), 4)))
    for x in c:
        print("    %-26s %s" % (float(x).hex(), nstr(x, 18)))


def log_f32(f):
    return (-2 * log1p(f) + 2 * f) / (f * f) if abs(f) > TINY else mpf(1)


def log_f32_weight(f):
    return abs(f * f / (2 * log1p(f))) if abs(f) > TINY else TINY


def log_f64(z):
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) - 2 * s) / (s * z) if z > TINY else mpf(2) / 3


def sine(z):
    v = sqrt(z)
    return sin(pi / 2 * v) / v if z > TINY else pi / 2


third = mpf(1) / 3
end = ((sqrt(mpf(2)) - 1) / (sqrt(mpf(2)) + 1)) ** 2
show("Q: -2 ln(1+f) = -2 f + f^2 Q(f), |f| <= 1/3", remez(log_f32, log_f32_weight, -third, third, 7))
show("S: sin(pi/2 v) = v S(v^2)", remez(sine, lambda z: 1 / sine(z), mpf(0), mpf(1), 4))
show("R: ln((1+s)/(1-s)) = 2 s + s z R(z)", remez(log_f64, lambda z: z / 2 + mpf(10) ** -12, mpf(0), end, 6))
show("T: sin(pi/2 v) = v T(v^2)", remez(sine, lambda z: 1 / sine(z), mpf(0), mpf(1), 8))
