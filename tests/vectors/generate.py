#!/usr/bin/env python3
"""Makes the vectors of this folder with py_ecc, which shares no code with Plume.

    pip install py_ecc==8.0.0
    tests/vectors/generate.py tests/vectors

Each file holds calls of precompiles: address, input, and output, or null where the call must fail.
"""
import json
import random
import sys

from py_ecc import optimized_bls12_381 as bls
from py_ecc import optimized_bn128 as bn
from py_ecc.bls.hash_to_curve import (
    clear_cofactor_G1,
    clear_cofactor_G2,
    map_to_curve_G1,
    map_to_curve_G2,
)
from py_ecc.fields import optimized_bls12_381_FQ as BlsFQ
from py_ecc.fields import optimized_bls12_381_FQ2 as BlsFQ2
from py_ecc.fields import optimized_bn128_FQ2 as BnFQ2

choose = random.Random(1)


def root(square, p):
    """A square root modulo p = 3 mod 4."""
    found = pow(square, (p + 1) // 4, p)
    return found if found * found % p == square % p else None


def root2(square, fq2, p):
    """A square root in Fp[u] / (u^2 + 1), for a number with both parts."""
    a, b = (int(c) for c in square.coeffs)
    norm = root(a * a + b * b, p)
    for n in () if norm is None else (norm, -norm):
        x = root((a + n) * pow(2, -1, p) % p, p)
        if x:
            return fq2([x, b * pow(2 * x, -1, p) % p])
    return None


def any_point(curve, fq, b):
    """A point of the curve, most likely outside of the group."""
    p = curve.field_modulus
    while True:
        x = fq(choose.randrange(p))
        y = root(int(x * x * x + b), p)
        if y is not None:
            return (x, fq(y), fq(1))


def any_twist_point(curve, fq2, b):
    p = curve.field_modulus
    while True:
        x = fq2([choose.randrange(p), choose.randrange(p)])
        y = root2(x * x * x + b, fq2, p)
        if y is not None:
            return (x, y, fq2.one())


def bn_number(n):
    return "%064x" % int(n)


def bls_number(n):
    return "%0128x" % int(n)


def bn_g1(point):
    if bn.is_inf(point):
        return "0" * 128
    return "".join(bn_number(c) for c in bn.normalize(point))


def bn_g2(point):
    if bn.is_inf(point):
        return "0" * 256
    return "".join(bn_number(n) for c in bn.normalize(point) for n in reversed(c.coeffs))


def bls_g1(point):
    if bls.is_inf(point):
        return "0" * 256
    return "".join(bls_number(c) for c in bls.normalize(point))


def bls_g2(point):
    if bls.is_inf(point):
        return "0" * 512
    return "".join(bls_number(n) for c in bls.normalize(point) for n in c.coeffs)


def scalars():
    yield from (0, 1, 2, 3, 2**255, 2**256 - 1)
    while True:
        yield choose.getrandbits(choose.choice((8, 64, 128, 255, 256)))


def bn_vectors():
    n = bn.curve_order
    multiple = lambda g: bn.multiply(g, choose.randrange(n))
    infinity = bn.Z1
    pairs = [(multiple(bn.G1), multiple(bn.G1)) for _ in range(4)]
    a, b = pairs[0]
    pairs += [(a, a), (a, bn.neg(a)), (a, infinity), (infinity, infinity)]
    for p, q in pairs:
        yield 6, bn_g1(p) + bn_g1(q), bn_g1(bn.add(p, q))
    for scalar, _ in zip(list(scalars_of(n)), range(12)):
        yield 7, bn_g1(a) + bn_number(scalar), bn_g1(bn.multiply(a, scalar % n))
    for count in (1, 2, 3, 5):
        # e(a1 G, b1 H) ... e(-c G, H) = 1 for c = a1 b1 + ...
        known = [(choose.randrange(1, n), choose.randrange(1, n)) for _ in range(count - 1)]
        last = -sum(x * y for x, y in known) % n
        for wrong in (0, 1):
            text = "".join(bn_g1(bn.multiply(bn.G1, x)) + bn_g2(bn.multiply(bn.G2, y))
                           for x, y in known + [((last + wrong) % n, 1)])
            yield 8, text, bn_number(1 - wrong)
    outside = any_twist_point(bn, BnFQ2, bn.b2)
    inside = bn.multiply(outside, 2 * bn.field_modulus - n)  # the twist's cofactor
    yield 8, bn_g1(a) + bn_g2(outside), None
    yield 8, bn_g1(infinity) + bn_g2(outside), None
    yield 8, bn_g1(infinity) + bn_g2(inside), bn_number(1)
    yield 8, bn_g1(a) + bn_g2(inside) + bn_g1(bn.neg(a)) + bn_g2(inside), bn_number(1)


def scalars_of(n):
    yield from (n - 1, n, n + 1)
    source = scalars()
    for _ in range(9):
        yield next(source)


def bls_add_vectors():
    for address, curve_b, field, any_of, g, text in (
            (0x0b, bls.b, BlsFQ, any_point, bls.G1, bls_g1),
            (0x0d, bls.b2, BlsFQ2, any_twist_point, bls.G2, bls_g2)):
        infinity = bls.add(g, bls.neg(g))
        a = any_of(bls, field, curve_b)
        b = any_of(bls, field, curve_b)
        c = bls.multiply(g, choose.randrange(bls.curve_order))
        for p, q in ((a, b), (a, c), (c, g), (a, a), (a, bls.neg(a)), (a, infinity),
                     (infinity, c), (infinity, infinity)):
            yield address, text(p) + text(q), text(bls.add(p, q))


def bls_sum_vectors():
    n = bls.curve_order
    source = scalars()
    for address, curve_b, field, any_of, g, text, counts in (
            (0x0c, bls.b, BlsFQ, any_point, bls.G1, bls_g1, (1, 1, 1, 1, 2, 3, 17, 40)),
            (0x0e, bls.b2, BlsFQ2, any_twist_point, bls.G2, bls_g2, (1, 1, 1, 1, 2, 3, 17))):
        infinity = bls.add(g, bls.neg(g))
        some = bls.multiply(g, choose.randrange(n))
        for count in counts:
            points = [bls.multiply(g, choose.randrange(n)) for _ in range(count)]
            if count > 3:
                points[1:5] = [some, some, bls.neg(some), infinity]
            terms = [(p, next(source)) for p in points]
            total = infinity
            for p, s in terms:
                total = bls.add(total, bls.multiply(p, s % n))
            yield (address, "".join(text(p) + bn_number(s) for p, s in terms), text(total))
        for s in (n - 1, n, n + 1):
            yield address, text(some) + bn_number(s), text(bls.multiply(some, s % n))
        outside = any_of(bls, field, curve_b)
        yield address, text(outside) + bn_number(1), None
        yield address, text(some) + bn_number(1) + text(outside) + bn_number(0), None


def bls_pairing_vectors():
    n = bls.curve_order
    for count in (1, 2, 3, 5):
        known = [(choose.randrange(1, n), choose.randrange(1, n)) for _ in range(count - 1)]
        last = -sum(x * y for x, y in known) % n
        for wrong in (0, 1):
            text = "".join(bls_g1(bls.multiply(bls.G1, x)) + bls_g2(bls.multiply(bls.G2, y))
                           for x, y in known + [((last + wrong) % n, 1)])
            yield 0x0f, text, bn_number(1 - wrong)
    zero = bls.add(bls.G1, bls.neg(bls.G1))
    zero2 = bls.add(bls.G2, bls.neg(bls.G2))
    yield 0x0f, bls_g1(bls.G1) + bls_g2(zero2), bn_number(1)
    yield 0x0f, bls_g1(any_point(bls, BlsFQ, bls.b)) + bls_g2(zero2), None
    yield 0x0f, bls_g1(zero) + bls_g2(any_twist_point(bls, BlsFQ2, bls.b2)), None


def bls_map_vectors():
    p = bls.field_modulus
    for u in [0, 1, 2, p - 1] + [choose.randrange(p) for _ in range(8)]:
        point = clear_cofactor_G1(map_to_curve_G1(BlsFQ(u)))
        yield 0x10, bls_number(u), bls_g1(point)
    for u in [(0, 0), (1, 0), (0, 1), (p - 1, p - 1)] + [
            (choose.randrange(p), choose.randrange(p)) for _ in range(8)]:
        point = clear_cofactor_G2(map_to_curve_G2(BlsFQ2(u)))
        yield 0x11, bls_number(u[0]) + bls_number(u[1]), bls_g2(point)


def write(path, cases):
    rows = [json.dumps({"address": a, "input": i, "output": o}) for a, i, o in cases]
    with open(path, "w") as file:
        file.write("[\n" + ",\n".join(rows) + "\n]\n")


def main():
    folder = sys.argv[1]
    write(folder + "/bn254.json", bn_vectors())
    write(folder + "/bls12_381.json",
          [case for make in (bls_add_vectors, bls_sum_vectors, bls_pairing_vectors,
                             bls_map_vectors) for case in make()])


main()
